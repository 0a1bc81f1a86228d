package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import no.spor.activity.HeaderBodyCodec;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.rights.ErasureRequest;
import no.spor.rights.ErasureRequest.State;
import no.spor.vault.Opened;

/// What [ErasingChild] acknowledged before it was stopped, and whether a node stands by it.
final class PeopleBeingErased {
  /// What was acknowledged of somebody.
  private static final class Someone {
    private final List<Long> positions = new ArrayList<>();
    private String request;
    private boolean approved;
  }

  private final Map<String, Someone> people = new LinkedHashMap<>();

  void heard(String line) {
    String[] words = line.split(" ");
    if (words.length < 2 || !List.of("recorded", "requested", "approved").contains(words[0])) {
      return;
    }
    Someone one = people.computeIfAbsent(words[1], name -> new Someone());
    switch (words[0]) {
      case "recorded" -> {
        for (int i = 2; i < words.length; i++) {
          one.positions.add(Long.parseLong(words[i]));
        }
      }
      case "requested" -> one.request = words.length > 2 ? words[2] : null;
      default -> one.approved = true;
    }
  }

  long approved() {
    return people.values().stream().filter(one -> one.approved).count();
  }

  /// Waits for what completes by itself; everybody stands whole, or is erased whole.
  void check(Node node) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            node.erasureRequests().list(ErasingChild.TENANT, null, null, 100_000).stream()
                .allMatch(one -> one.state() == State.COMPLETED || one.state() == State.VERIFIED));
    people.forEach((person, known) -> check(node, known));
  }

  private static void check(Node node, Someone known) {
    long clear = 0;
    for (long position : known.positions) {
      LedgerRecord record = node.ledger().read(position).orElseThrow();
      boolean opens =
          record.parts().getFirst() instanceof RecordPart.Kept(byte[] part)
              && node.vault().open(HeaderBodyCodec.decode(record.body()), record.body(), 0, part)
                  instanceof Opened.Clear;
      clear += opens ? 1 : 0;
      assertThat(record.parts().get(1)).as("the company's").isInstanceOf(RecordPart.Kept.class);
    }
    if (known.approved) {
      assertThat(clear).as("acknowledged as erased").isZero();
    }
    assertThat(clear).as("whole or not at all").isIn(0L, (long) known.positions.size());
    if (known.request != null) {
      ErasureRequest request = node.erasureRequests().find(known.request).orElseThrow();
      assertThat(request.state() == State.COMPLETED).isEqualTo(clear == 0);
      if (clear == 0) {
        assertThat(request.parts()).isEqualTo(ErasingChild.EVENTS + 1L);
        for (long position : known.positions) {
          assertThat(node.ledger().read(position).orElseThrow().parts().getFirst())
              .isInstanceOf(RecordPart.Dropped.class);
        }
      }
    }
  }
}
