package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
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

/// What is over ends, by itself, not early, and for good; what stays is untouched. The clock is
/// passed in.
class RetentionTest {
  private static final String TENANT = OneTenant.TENANT;
  private static final Access EMITTER = new Access("key-1", AccessRole.EMITTER, TENANT);
  private static final Instant START = Instant.parse("2026-11-22T09:00:00Z");
  private static final int PEOPLE = 40;

  @TempDir Path data;

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final OneTenant tenant = new OneTenant(now::get);
  private Node node;
  private int events;

  @Tag("once")
  @Test
  void loginsOfTwentyTwoDaysAgoAreExpiredCheckInsAreOpenAndTheFileIsSmaller() throws Exception {
    open();
    tenant.create();
    record("login.succeeded", START, 3_000);
    record("site.checkin", START, 3_000);
    now.set(START.plus(Duration.ofDays(1)));
    record("login.succeeded", now.get(), 100);
    close();
    long before = sizeOfFile();

    now.set(Instant.parse("2026-12-13T23:59:59.999Z")); // the last moment of the 21st day after
    open();
    RetentionStatus early = node.upkeep().retention().run(false);
    assertThat(early.late()).isFalse();
    assertThat(states("login.succeeded")).containsExactly(Map.entry("open", 3_100));
    close();

    now.set(Instant.parse("2026-12-14T00:00:00Z"));
    open();
    RetentionStatus status = run();
    assertThat(status.late()).as(status.toString()).isFalse();
    assertThat(status.classes().stream().filter(one -> one.retention().equals("session")))
        .singleElement()
        .satisfies(session -> {
          assertThat(session.expired()).isEqualTo(LocalDate.parse("2026-11-23"));
          assertThat(session.dropped()).isEqualTo(LocalDate.parse("2026-11-23"));
        });
    assertThat(states("login.succeeded"))
        .containsOnly(Map.entry("open", 100), Map.entry("expired", 3_000));
    assertThat(states("site.checkin")).containsExactly(Map.entry("open", 6_000));
    assertThat(ofPerson("user-7@bygg.no"))
        .as("nothing leads from the person to what is over")
        .isNotEmpty()
        .allMatch(event -> event.type().equals("site.checkin") || !event.time().equals(START));
    assertThat(node.ledger().size()).isGreaterThan(6_100);
    close();
    assertThat(sizeOfFile()).isLessThanOrEqualTo(before * 4 / 5);
    System.out.printf(
        "ledger.db: %d bytes before, %d after the logins expired%n", before, sizeOfFile());

    open();
    node.timeline().rebuild();
    Awaitility.await()
        .untilAsserted(() -> {
          assertThat(states("login.succeeded"))
              .containsOnly(Map.entry("open", 100), Map.entry("expired", 3_000));
          assertThat(ofPerson("user-7@bygg.no"))
              .hasSize(78) // 75 check-ins, 3 later logins
              .allMatch(
                  event -> event.type().equals("site.checkin") || !event.time().equals(START));
        });
    close();
  }

  @Test
  void aShorterPeriodEndsWhatIsRecordedAndALongerOneOnlyWhatComes() throws Exception {
    open();
    tenant.create();
    record("login.succeeded", START.minus(Duration.ofDays(10)), 10);
    record("login.succeeded", START, 5);
    record("site.checkin", START.minus(Duration.ofDays(10)), 7);
    node.tenancy().putCatalogue(TENANT, "retention: { session: P90D }");
    now.set(START.plus(Duration.ofDays(12)));
    record("login.succeeded", START.minus(Duration.ofDays(10)), 3);
    run(true);
    assertThat(states("login.succeeded"))
        .containsOnly(Map.entry("open", 8), Map.entry("expired", 10));

    node.tenancy().putCatalogue(TENANT, "retention: { session: P15D, history: P20D }");
    run();
    assertThat(states("login.succeeded"))
        .containsOnly(Map.entry("open", 5), Map.entry("expired", 13));
    assertThat(states("site.checkin")).containsExactly(Map.entry("expired", 14));
    record("site.checkin", START, 2);
    assertThat(states("site.checkin")).containsOnly(Map.entry("expired", 14), Map.entry("open", 4));
    close();
  }

  @Test
  void aClockThatJumpsAheadExpiresNothingUntilSomebodySaysThatItIsRight() throws Exception {
    open();
    tenant.create();
    record("login.succeeded", START, 10);
    now.set(START.plus(Duration.ofDays(3 * 365)));
    RetentionStatus held = node.upkeep().retention().run(false);
    assertThat(held.clockAhead()).isGreaterThan(Duration.ofDays(3 * 365 - 1));
    assertThat(held.late()).isTrue();
    record(
        "site.checkin", now.get(), 1); // recorded under the wrong clock: that makes it no righter
    close();
    open();
    assertThat(node.upkeep().retention().run(false).clockAhead()).isPositive();
    assertThat(states("login.succeeded")).containsExactly(Map.entry("open", 10));

    now.set(START.minus(Duration.ofDays(400))); // and back beyond the beginning
    assertThat(node.upkeep().retention().run(false).clockAhead()).isZero();
    assertThat(states("login.succeeded")).containsExactly(Map.entry("open", 10));
    now.set(START.plus(Duration.ofDays(22)));
    assertThat(node.upkeep().retention().run(false).clockAhead()).isPositive();
    run(true);
    assertThat(states("login.succeeded")).containsExactly(Map.entry("expired", 10));
    now.set(START);
    node.upkeep().retention().run(false);
    assertThat(states("login.succeeded"))
        .as("never comes back")
        .containsExactly(Map.entry("expired", 10));
    close();
  }

  @Test
  void whatWasMissedWhileNothingRanIsCaughtUpWithByItselfOnceAnEventConfirmsTheClock()
      throws Exception {
    open();
    tenant.create();
    record("login.succeeded", START.minus(Duration.ofDays(2)), 10);
    close();
    now.set(START.plus(Duration.ofDays(20)));
    open();
    Awaitility.await().until(() -> status().clockAhead().compareTo(Duration.ofDays(19)) > 0);
    assertThat(states("login.succeeded")).containsExactly(Map.entry("open", 10));
    record("site.checkin", now.get().minusSeconds(60), 1);
    Awaitility.await().until(() -> status().lastRun() != null);
    assertThat(states("login.succeeded")).containsExactly(Map.entry("expired", 10));
    close();
  }

  /// @return 0 where the ledger is in no file
  private long sizeOfFile() throws IOException {
    return TestStore.MONGODB ? 0 : Files.size(data.resolve("ledger.db"));
  }

  @Test
  void nothingIsEarlyWhereTheClockIsAheadAtTheStartAndApplicationsSayOtherwise() throws Exception {
    open();
    tenant.create();
    record("login.succeeded", START.minus(Duration.ofDays(10)), 10);
    close();
    now.set(START.plus(Duration.ofDays(20))); // and it is still the 22nd
    open();
    record("site.checkin", START.plus(Duration.ofHours(3)), 3);
    Awaitility.await().until(() -> status().clockAhead().equals(Duration.ofDays(20).minusHours(3)));
    assertThat(status().lastRun()).isNull();
    assertThat(states("login.succeeded")).containsExactly(Map.entry("open", 10));
    close();
  }

  private RetentionStatus status() {
    return node.upkeep().retention().status(null);
  }

  private void open() {
    node = TestStore.open(new NodeOptions(data, null, 10_000), now::get);
    tenant.on(node);
  }

  private void close() {
    node.close();
  }

  private RetentionStatus run() throws InterruptedException {
    return run(false);
  }

  private RetentionStatus run(boolean clockIsRight) throws InterruptedException {
    tenant.awaitView();
    RetentionStatus status = node.upkeep().retention().run(clockIsRight);
    assertThat(status.clockAhead()).isZero();
    assertThat(status.late()).as(status.toString()).isFalse();
    return status;
  }

  private void record(String type, Instant time, int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      events++;
      String data =
          type.equals("site.checkin")
              ? "{\"user\":\"user-%d@bygg.no\",\"site\":\"%d\",\"siteName\":\"Barcode B%d\"}"
                  .formatted(i % PEOPLE, i % 9, i % 9)
              : "{\"user\":\"user-%d@bygg.no\",\"ip\":\"10.1.2.%d\",\"app\":\"web\",\"text\":\"%s\"}"
                  .formatted(i % PEOPLE, i % 200, "x".repeat(i % 200));
      lines.append(
          "{\"specversion\":\"1.0\",\"id\":\"e-%d\",\"source\":\"/app\",\"type\":\"%s\",\"time\":\"%s\",\"data\":%s}\n"
              .formatted(events, type, time, data));
    }
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    assertThat(node.recorder().record(EMITTER, new Recorder.Submission.Lines(bytes), false))
        .hasSize(count)
        .allMatch(
            result -> result instanceof Recorder.Result.Recorded recorded && !recorded.expired());
  }

  /// @return how many parts are in each state
  private Map<String, Integer> states(String type) throws IOException {
    Map<String, Integer> states = new java.util.TreeMap<>();
    for (Timeline.Event event : tenant.events(type, null)) {
      event.parts().forEach(part -> states.merge(part.state(), 1, Integer::sum));
    }
    return states;
  }

  private List<Timeline.Event> ofPerson(String person) {
    return tenant.events(null, person);
  }
}
