package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import no.spor.insight.Timeline;
import no.spor.recording.Recorder;
import no.spor.rights.RetentionStatus;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A retention run is killed with SIGKILL at moments all over it, one in each part: of what is over
/// everything is there then or everything expired, each account that is over is open as a whole or
/// closed as a whole, and the next run ends it. An account whose closing was recorded is closed by
/// itself. Nothing else is touched.
@Tag("once")
class KilledRetentionTest {
  private static final int KILLS = Integer.getInteger("spor.kills", 8);
  private static final Access EMITTER = new Access("key-1", AccessRole.EMITTER, "bygg-as");
  private static final Instant START = Instant.parse("2026-11-22T09:00:00Z");
  private static final Instant LATER = START.plus(Duration.ofDays(22));
  private static final int LOGINS = 900;
  private static final int CHECKINS = 300;
  private static final int PEOPLE = 20;
  private static final String LEAVER = "leaver";

  @TempDir Path folder;

  @Test
  void itEndsInOneOfTheTwoRightStates() throws Exception {
    long seed = Long.getLong("spor.seed", new Random().nextLong());
    System.out.println("seed of KilledRetentionTest: " + seed);
    Random random = new Random(seed);
    Path original = folder.resolve("original");
    fill(original);

    long began = System.nanoTime();
    Path first = copy(original, "first");
    long micros = run(first, -1);
    int untouched = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Path data = copy(original, "killed-" + kill);
      run(data, (long) (1.25 * micros * (kill + random.nextDouble()) / KILLS));
      untouched += check(data) ? 0 : 1;
    }
    System.out.printf(
        "%d kills within %d ms: %d before and %d after the mark; %d s%n",
        KILLS,
        micros / 1_000,
        untouched,
        KILLS - untouched,
        Duration.ofNanos(System.nanoTime() - began).toSeconds());
  }

  /// @return whether the mark was recorded when it was killed
  private static boolean check(Path data) {
    AtomicReference<Instant> now = new AtomicReference<>(START); // nothing new is due
    try (Node node = TestStore.open(new NodeOptions(data, null, 1_000), now::get)) {
      Map<String, Integer> logins = states(node, "login.succeeded");
      assertThat(logins).hasSize(1);
      boolean expired = logins.containsKey("expired");
      assertThat(logins).containsEntry(expired ? "expired" : "open", LOGINS);
      assertThat(states(node, "site.checkin")).isEqualTo(Map.of("open", 2 * CHECKINS));
      Awaitility.await().until(() -> accounts(node).get(LEAVER).equals(Set.of("erased")));
      assertThat(accounts(node).values()).as("whole").allMatch(states -> states.size() == 1);
      now.set(LATER);
      RetentionStatus status = node.upkeep().retention().run(true);
      assertThat(status.late()).as(status.toString()).isFalse();
      assertThat(states(node, "login.succeeded")).isEqualTo(Map.of("expired", LOGINS));
      assertThat(states(node, "site.checkin")).isEqualTo(Map.of("open", 2 * CHECKINS));
      assertThat(accounts(node))
          .hasSize(PEOPLE + 1)
          .allSatisfy((who, states) -> assertThat(states).as(who).containsExactly("erased"));
      return expired;
    }
  }

  /// @param killAfterMicros negative for not at all
  /// @return how long the run took
  private static long run(Path data, long killAfterMicros) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                TestStore.storeFlag(),
                TestStore.placeFlag(),
                "-cp",
                System.getProperty("java.class.path"),
                RetentionChild.class.getName(),
                data.toString(),
                START.toString(),
                LATER.toString(),
                LEAVER)
            .redirectError(data.resolveSibling("log").toFile())
            .start();
    BufferedReader said = child.inputReader(StandardCharsets.UTF_8);
    await(said, "> now", data);
    long began = System.nanoTime();
    if (killAfterMicros >= 0) {
      TimeUnit.MICROSECONDS.sleep(killAfterMicros);
      child.destroyForcibly();
    } else {
      await(said, "> done", data);
    }
    long micros = (System.nanoTime() - began) / 1_000;
    child.waitFor();
    return micros;
  }

  private static void await(BufferedReader said, String line, Path data) throws IOException {
    String next = said.readLine();
    while (next != null && !next.equals(line)) {
      next = said.readLine();
    }
    assertThat(next).as(Files.readString(data.resolveSibling("log"))).isEqualTo(line);
  }

  /// @return states of all that is recorded of each one's account
  private static Map<String, Set<String>> accounts(Node node) {
    Map<String, Set<String>> states = new TreeMap<>();
    for (String type : List.of("account.created", "account.changed")) {
      for (Timeline.Event event : events(node, type)) {
        Set<String> ofOne =
            states.computeIfAbsent(
                event.id().substring(0, event.id().indexOf('/')), who -> new TreeSet<>());
        event.parts().stream()
            .filter(part -> part.role().equals("subject"))
            .forEach(part -> ofOne.add(part.state()));
      }
    }
    return states;
  }

  private static Map<String, Integer> states(Node node, String type) {
    Map<String, Integer> states = new TreeMap<>();
    for (Timeline.Event event : events(node, type)) {
      event.parts().forEach(part -> states.merge(part.state(), 1, Integer::sum));
    }
    return states;
  }

  private static List<Timeline.Event> events(Node node, String type) {
    return new OneTenant(() -> START).on(node).events(type, null);
  }

  private static void fill(Path data) {
    try (Node node = TestStore.open(new NodeOptions(data, null, 10_000), () -> START)) {
      node.tenancy().createTenant("bygg-as", "Bygg AS");
      node.tenancy().putCatalogue("bygg-as", "{\"inactiveAccounts\": \"P10D\"}");
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i <= PEOPLE; i++) {
        String who = i == PEOPLE ? LEAVER : "user-" + i;
        lines.append(line(who + "/1", "account.created", START, who, "\"name\":\"N\""));
        lines.append(line(who + "/2", "account.changed", START, who, "\"name\":\"M\""));
      }
      for (int i = 0; i < LOGINS + CHECKINS; i++) {
        boolean login = i < LOGINS;
        lines.append(
            line(
                "e-" + i,
                login ? "login.succeeded" : "site.checkin",
                START.minus(Duration.ofHours(i % 30)),
                "user-" + i % PEOPLE,
                login ? "\"ip\":\"10.1.2.3\"" : "\"site\":\"1\",\"siteName\":\"B13\""));
      }
      record(node, lines.toString());
      states(node, "login.succeeded");
    }
  }

  static void record(Node node, String lines) {
    byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
    assertThat(node.recorder().record(EMITTER, new Recorder.Submission.Lines(bytes), false))
        .allMatch(Recorder.Result.Recorded.class::isInstance);
  }

  static String line(String id, String type, Instant time, String who, String members) {
    return "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/app\",\"type\":\"%s\",\"time\":\"%s\",\"data\":{\"user\":\"%s\",%s}}\n"
        .formatted(id, type, time, who, members);
  }

  private Path copy(Path from, String name) throws IOException {
    Path to = folder.resolve(name);
    TestStore.copyAll(from, to);
    Files.setPosixFilePermissions(to, Set.copyOf(Files.getPosixFilePermissions(from)));
    return to;
  }
}
