package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import no.spor.activity.HeaderBodyCodec;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.rights.ErasureRequest;
import no.spor.rights.ErasureRequest.State;
import no.spor.vault.Opened;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Killed with -9 at random moments of erasures, it ends in one of the two right states: the person
/// stands whole, or is erased whole, and completed by itself.
@Tag("once")
class ErasureSurvivesKillTest {
  private static final int KILLS = 25;
  private static final long SEED = Long.getLong("spor.test.seed", System.nanoTime());
  @TempDir Path data;

  /// What was acknowledged of somebody.
  private static final class Someone {
    private final List<Long> positions = new ArrayList<>();
    private String request;
    private boolean approved;
  }

  @Test
  void whoeverIsBeingErasedStandsWholeOrIsErasedWhole() throws Exception {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    Map<String, Someone> people = new LinkedHashMap<>();
    long erasureMicros = runUntilErased(people);
    for (int run = 0; run < KILLS; run++) {
      runAndKill(run, random.nextLong(2 * erasureMicros), people);
    }
    assertThat(people.values().stream().filter(one -> one.approved)).hasSizeGreaterThan(KILLS / 4);
    try (Node node = TestStore.open(NodeOptions.importing(data, null), InstantSource.system())) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() ->
              node.erasureRequests().list(ErasingChild.TENANT, null, null, 100_000).stream()
                  .allMatch(
                      one -> one.state() == State.COMPLETED || one.state() == State.VERIFIED));
      people.forEach((person, known) -> check(node, person, known));
    }
  }

  /// @return how long the first erasure of a process takes on this machine, as it is now
  private long runUntilErased(Map<String, Someone> people) throws Exception {
    Process child = child("first");
    try (BufferedReader said = child.inputReader()) {
      String line = said.readLine();
      long begun = System.nanoTime();
      for (; line != null; line = said.readLine()) {
        take(line, people);
        if (line.startsWith("approved")) {
          return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun);
        }
      }
      throw new AssertionError("the process ended before it had erased anybody");
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  private Process child(String people) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            TestStore.storeFlag(),
            TestStore.placeFlag(),
            "-cp",
            System.getProperty("java.class.path"),
            ErasingChild.class.getName(),
            data.toString(),
            people)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private void runAndKill(int run, long afterMicros, Map<String, Someone> people)
      throws IOException, InterruptedException {
    Process child = child("p" + run);
    try (BufferedReader said = child.inputReader()) {
      String line = said.readLine(); // it stands, and has begun
      Thread killer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  TimeUnit.MICROSECONDS.sleep(afterMicros);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                child.destroyForcibly();
              });
      for (; line != null; line = heard(said)) {
        take(line, people);
      }
      killer.join();
    }
    child.waitFor();
  }

  /// @return null where there is no more: the kill may close what is being read
  private static @Nullable String heard(BufferedReader said) {
    try {
      return said.readLine();
    } catch (IOException killed) {
      return null;
    }
  }

  private static void take(String line, Map<String, Someone> people) {
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

  private static void check(Node node, String person, Someone known) {
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
