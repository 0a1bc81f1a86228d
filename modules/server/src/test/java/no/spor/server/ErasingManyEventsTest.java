package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import no.spor.ledger.LedgerRecord;
import no.spor.recording.Recorder.Submission;
import no.spor.rights.ErasureRequest;
import no.spor.rights.ErasureRequest.State;
import no.spor.rights.ErasureRequests.NewRequest;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How long it takes until someone is erased does not depend on how much there is of him; and what
/// is left afterwards links nothing.
@Tag("once")
class ErasingManyEventsTest {
  private static final String TENANT = "bygg-as";
  private static final int MANY = Integer.getInteger("spor.test.manyEvents", 100_000);
  private static final int FEW = 10;
  private static final int ROUNDS = 20;
  private static final int LINES = 10_000;
  @TempDir Path data;

  @Test
  void manyEventsTakeNoLongerThanFewAndNothingLinksThemAfterwards() throws IOException {
    try (Node node = TestStore.open(NodeOptions.importing(data, null), InstantSource.system())) {
      node.tenancy().createTenant(TENANT, "Bygg AS");
      record(node, "many", MANY);
      record(node, "stays", FEW);
      List<String> few = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        record(node, "few-" + i, FEW);
        few.add(request(node, "few-" + i));
      }
      String many = request(node, "many");
      List<byte[]> pseudonyms =
          node.vault().find(TENANT, new PersonId(Namespace.ACCOUNT, "many")).pseudonyms();
      List<LedgerRecord> before = others(node);
      assertThat(node.timeline().awaitPosition(node.ledger().size() - 1, Duration.ofMinutes(5)))
          .isTrue();
      assertThat(inFiles(pseudonyms)).as("it can be found").isTrue();

      long[] fewNanos = few.stream().mapToLong(id -> approve(node, id)).sorted().toArray();
      long manyNanos = approve(node, many);
      long median = fewNanos[ROUNDS / 2];
      System.out.printf(
          "to erased: %d events %.2f ms; %d events %.2f ms (median of %d)%n",
          MANY, manyNanos / 1e6, FEW, median / 1e6, ROUNDS);
      assertThat(manyNanos).isLessThan(10 * median + Duration.ofMillis(150).toNanos());

      long began = System.nanoTime();
      await()
          .atMost(Duration.ofMinutes(10))
          .until(() -> find(node, many).state() == State.COMPLETED);
      System.out.printf("completed after %.2f s%n", (System.nanoTime() - began) / 1e9);
      assertThat(find(node, many).parts()).isEqualTo(MANY + 1L);
      assertThat(inFiles(pseudonyms)).as("pseudonyms in any file").isFalse();
      List<LedgerRecord> after = others(node);
      assertThat(after).hasSameSizeAs(before);
      for (int i = 0; i < after.size(); i++) {
        assertSame(after.get(i), before.get(i));
      }
    }
  }

  private static void assertSame(LedgerRecord after, LedgerRecord before) {
    assertThat(after.header()).isEqualTo(before.header());
    for (int i = 0; i < before.parts().size(); i++) {
      assertThat(((LedgerRecord.RecordPart.Kept) after.parts().get(i)).bytes())
          .isEqualTo(((LedgerRecord.RecordPart.Kept) before.parts().get(i)).bytes());
    }
  }

  /// Records of whoever is not erased here.
  private List<LedgerRecord> others(Node node) {
    List<LedgerRecord> found = new ArrayList<>();
    for (LedgerRecord record : node.ledger().readFrom(MANY, FEW + 1)) {
      if (record.stream().equals(TENANT)
          && new String(record.body(), StandardCharsets.UTF_8).contains("stays-")) {
        found.add(record);
      }
    }
    assertThat(found).hasSizeGreaterThanOrEqualTo(FEW - 1);
    return found;
  }

  private static void record(Node node, String person, int events) {
    Access emitter = new Access("test", AccessRole.EMITTER, TENANT);
    for (int from = 0; from < events; from += LINES) {
      StringBuilder lines = new StringBuilder();
      for (int i = from; i < Math.min(events, from + LINES); i++) {
        lines
            .append(
                """
                {"specversion":"1.0","id":"%s-%d","source":"/t","type":"site.checkin","time":"2026-11-02T10:00:00Z","data":{"user":"%s","site":"s"}}\
                """
                    .formatted(person, i, person))
            .append('\n');
      }
      node.recorder()
          .record(
              emitter,
              new Submission.Lines(lines.toString().getBytes(StandardCharsets.UTF_8)),
              false);
    }
  }

  private static String request(Node node, String person) {
    return node.erasureRequests()
        .receive(
            null,
            new NewRequest(TENANT, person, EnumSet.allOf(Namespace.class), "Art. 17", null, "test"))
        .id();
  }

  private static ErasureRequest find(Node node, String id) {
    return node.erasureRequests().find(id).orElseThrow();
  }

  private static long approve(Node node, String id) {
    long began = System.nanoTime();
    assertThat(node.erasureRequests().approve(null, id).state())
        .isIn(State.ERASED, State.COMPLETED);
    return System.nanoTime() - began;
  }

  private boolean inFiles(List<byte[]> wanted) throws IOException {
    Map<String, byte[]> places = new HashMap<>();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        places.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    if (TestStore.MONGODB) {
      TestStore.addContents(places, data);
    }
    for (Map.Entry<String, byte[]> place : places.entrySet()) {
      for (byte[] one : wanted) {
        if (contains(place.getValue(), one)) {
          System.out.println("found in " + place.getKey());
          return true;
        }
      }
    }
    return false;
  }

  private static boolean contains(byte[] bytes, byte[] wanted) {
    for (int at = 0; at + wanted.length <= bytes.length; at++) {
      if (bytes[at] == wanted[0]
          && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }
}
