package no.spor.rights;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import no.spor.rights.ClockEvidence.Machine;
import no.spor.rights.ClockGuard.Look;
import no.spor.rights.ClockGuard.Word;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What destroys for good is never early, however the clock goes, and catches up with time that has
/// really passed.
class ClockGuardTest {
  private static final Duration LONGEST = Duration.ofDays(31);
  private static final Instant BEGIN = Instant.parse("2026-11-22T12:00:00Z");
  private static final long SEED = Long.getLong("spor.test.seed", System.nanoTime());

  /// A machine in a world that knows the time.
  private static final class World {
    private final Map<String, Long> kept = new HashMap<>();
    private long trueMillis = BEGIN.toEpochMilli();
    private long clockAheadMillis;
    private long boot = 1;
    private long bootedAtMillis = trueMillis - 5_000;
    private boolean uptime;
    private @Nullable Instant witnessed;
    private @Nullable Instant sent;
    private ClockGuard guard = started();

    private ClockGuard started() {
      sent = null;
      return new ClockGuard(
          () -> Instant.ofEpochMilli(trueMillis + clockAheadMillis),
          () -> trueMillis * 1_000_000,
          new RetentionStore() {
            @Override
            public OptionalLong number(String name) {
              Long number = kept.get(name);
              return number == null ? OptionalLong.empty() : OptionalLong.of(number);
            }

            @Override
            public void keep(String name, long number) {
              kept.put(name, number);
            }

            @Override
            public Map<String, Long> all() {
              return kept;
            }
          },
          LONGEST,
          new ClockEvidence(
              () -> uptime ? new Machine(boot, trueMillis - bootedAtMillis) : null,
              () -> witnessed),
          () -> sent,
          OptionalLong.empty());
    }

    void pass(Duration duration) {
      trueMillis += duration.toMillis();
    }

    void restart(Duration downtime) {
      pass(downtime);
      guard = started();
    }

    void reboot(Duration downtime) {
      boot++;
      pass(downtime);
      bootedAtMillis = trueMillis - 20_000;
      guard = started();
    }

    Instant now() {
      return Instant.ofEpochMilli(trueMillis);
    }

    /// An application whose clock is right, an event of two minutes ago.
    void event() {
      sent = now().minusSeconds(120);
    }

    Look look() {
      return guard.look(Word.NONE);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 24, 20 * 24, 1_000 * 24})
  void aClockThatJumpsAheadIsNotFollowedWhetherItRunsOrStarts(long hours) {
    for (boolean starts : new boolean[] {false, true}) {
      World world = new World();
      world.look();
      world.clockAheadMillis = Duration.ofHours(hours).toMillis();
      if (starts) {
        world.reboot(Duration.ofMinutes(1));
      }
      assertThat(world.look().now()).isBeforeOrEqualTo(world.now());
      world.event();
      Look look = world.look();
      assertThat(look.now()).isBeforeOrEqualTo(world.now());
      assertThat(look.ahead()).isGreaterThanOrEqualTo(Duration.ofHours(hours));
      world.pass(Duration.ofHours(5));
      assertThat(world.look().now())
          .as("goes on with what is measured")
          .isBetween(world.now().minusSeconds(180), world.now());
      world.clockAheadMillis = 0;
      assertThat(world.look().held()).as("set right").isFalse();
    }
  }

  @Test
  void timeThatReallyPassedIsCaughtUpWithWhenAnybodyElseSaysSo() {
    Duration downtime = Duration.ofDays(20);
    World byEvent = new World();
    byEvent.look();
    byEvent.reboot(downtime);
    Look before = byEvent.look();
    assertThat(before.now()).isEqualTo(BEGIN);
    assertThat(before.ahead()).isEqualTo(downtime);
    byEvent.event();
    assertThat(byEvent.look()).isEqualTo(new Look(byEvent.now().minusSeconds(120), Duration.ZERO));

    World byWitness = new World();
    byWitness.look();
    byWitness.reboot(downtime);
    byWitness.witnessed = byWitness.now();
    assertThat(byWitness.look().now()).isEqualTo(byWitness.now());

    World byMachine = new World();
    byMachine.uptime = true;
    byMachine.look();
    byMachine.restart(downtime);
    assertThat(byMachine.look().now()).isEqualTo(byMachine.now());
    byMachine.reboot(downtime);
    assertThat(byMachine.look().held()).as("another start of the machine").isTrue();

    World byOperator = new World();
    byOperator.look();
    byOperator.reboot(downtime);
    assertThat(byOperator.guard.look(Word.RUN).now()).isEqualTo(byOperator.now());
  }

  @Test
  void beyondTheLimitOnlyAnOperatorWhoSaysThatTheClockIsRightIsBelieved() {
    World world = new World();
    world.look();
    world.clockAheadMillis = Duration.ofDays(1_000).toMillis();
    Instant wrong = world.now().plus(Duration.ofDays(1_000));
    world.sent = wrong;
    world.witnessed = wrong;
    assertThat(world.look().now()).isEqualTo(world.now());
    assertThat(world.guard.look(Word.RUN).now()).isEqualTo(world.now());
    assertThat(world.guard.look(Word.RIGHT).now()).isEqualTo(wrong);
  }

  @Test
  void aClockThatGoesBackIsBelievedAndHasToBeConfirmedWhenItReturns() {
    World world = new World();
    world.look();
    world.clockAheadMillis = -Duration.ofDays(10).toMillis();
    assertThat(world.look()).isEqualTo(new Look(BEGIN.minus(Duration.ofDays(10)), Duration.ZERO));
    world.clockAheadMillis = 0;
    assertThat(world.look().held()).isTrue();
    world.event();
    assertThat(world.look().held()).isFalse();
  }

  @Test
  void neverEarlyWhateverHappens() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    World world = new World();
    world.uptime = random.nextBoolean();
    int caughtUp = 0;
    for (int i = 0; i < 5_000; i++) {
      Duration some = Duration.ofMillis(random.nextLong(1L << (10 + random.nextInt(21))));
      switch (random.nextInt(8)) {
        case 0 -> world.restart(some);
        case 1 -> world.reboot(some);
        case 2 ->
            world.clockAheadMillis =
                (random.nextBoolean() ? 1 : -1) * random.nextLong(1L << (10 + random.nextInt(27)));
        case 3 -> world.clockAheadMillis = 0;
        case 4 -> world.event();
        case 5 -> world.witnessed = world.now();
        case 6 -> {
          // Beyond the limit it takes an operator, who looks at another clock first.
          if (world.clockAheadMillis == 0) {
            world.guard.look(Word.RIGHT);
          }
        }
        default -> world.pass(some);
      }
      Look look = world.look();
      assertThat(look.now()).as("step %d", i).isBeforeOrEqualTo(world.now());
      caughtUp += world.clockAheadMillis == 0 && !look.held() ? 1 : 0;
    }
    assertThat(caughtUp).isPositive();
  }
}
