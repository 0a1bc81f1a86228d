package no.spor.rights;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import no.spor.activity.RetentionPeriod;
import no.spor.activity.TimelineStore;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.Commands;
import no.spor.ledger.axon.SporAxon;
import no.spor.rights.ExpireDecisions.Expire;
import no.spor.rights.ExpireDecisions.Mark;
import no.spor.tenancy.PolicyVersion;
import no.spor.tenancy.Tenancy;
import no.spor.vault.KeyStore;
import no.spor.vault.PeriodId;
import org.jspecify.annotations.Nullable;

/// Ends what is over: per tenant, retention class, policy version and UTC day. First a mark is
/// recorded (`spor.period-expired`), then the key store follows it and the keys of the days below
/// are gone, then the parts are dropped and the files shrink.
///
/// Runs by itself, at the start, every hour and when a UTC day begins, and catches up with whatever
/// was missed. Can be killed at any point: what is recorded is carried out at the next start.
/// Nothing is ever early, by the clock of this machine, which is believed within limits
/// ([ClockGuard]). A longer period applies to what comes, a shorter one at once
/// ([PolicyVersion#endOf]). Thread-safe; several nodes may do the same at once.
public final class Retention implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Retention.class.getName());
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration DESTROYED_WITHIN = Duration.ofMinutes(1);
  private static final int MARKS_AT_ONCE = 64;

  /// Records sealed just before the mark may be appended just after it.
  private static final int LOOKED_AT_AGAIN_DAYS = 2;

  private static final String DROPPED = "dropped/";
  private static final String RECORDED = "recorded/";
  private static final String UNCLEAN = "unclean";

  /// What it works on.
  ///
  /// @param viewApplied every record below this position is in the view
  /// @param kept how far it has come
  public record Rooms(
      Tenancy tenancy,
      KeyStore keys,
      Ledger ledger,
      LedgerStore blocks,
      TimelineStore view,
      LongSupplier viewApplied,
      RetentionStore kept) {}

  private final Rooms rooms;
  private final Commands commands;
  private final KeyStoreFollower follower;
  private final ClockGuard guard;
  private final ReentrantLock running = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private final Thread worker;
  private volatile boolean closing;
  private volatile @Nullable Instant lastRun;
  private volatile Duration clockAhead = Duration.ZERO;
  private volatile @Nullable String failure;

  /// @param nanoClock monotonic: `System::nanoTime`
  /// @param longestDowntime how far the clock may be ahead at a start of what it was last
  public Retention(
      Rooms rooms,
      Commands commands,
      KeyStoreFollower follower,
      InstantSource clock,
      LongSupplier nanoClock,
      Duration longestDowntime) {
    this.rooms = rooms;
    this.commands = commands;
    this.follower = follower;
    this.guard =
        new ClockGuard(
            clock, nanoClock, rooms.kept(), longestDowntime, newestMillis(rooms.ledger()));
    this.worker = Thread.ofPlatform().name("retention").daemon().unstarted(this::work);
  }

  private static OptionalLong newestMillis(Ledger ledger) {
    return ledger.size() == 0
        ? OptionalLong.empty()
        : ledger
            .read(ledger.size() - 1)
            .map(LedgerRecord::recordedAtMillis)
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty());
  }

  /// Adds the command handlers.
  ///
  /// @return the same builder
  public static SporAxon.Builder register(SporAxon.Builder axon) {
    return axon.commandHandlers("retention", new ExpireDecisions());
  }

  /// Begins to run by itself.
  public Retention start() {
    worker.start();
    return this;
  }

  /// Runs now.
  ///
  /// @param clockIsRight an operator's word for it
  public RetentionStatus run(boolean clockIsRight) {
    if (clockIsRight) {
      guard.believe();
    }
    pass();
    return status(null);
  }

  /// @param onlyTenant null for all
  public RetentionStatus status(@Nullable String onlyTenant) {
    Instant now = guard.now();
    List<RetentionStatus.OfClass> classes = new ArrayList<>();
    List<Due> all = dues(now);
    Map<PeriodId.Series, Integer> marks = marks(all);
    for (Due due : all) {
      if (onlyTenant != null && !onlyTenant.equals(due.series().tenant())) {
        continue;
      }
      Integer mark = marks.get(due.series());
      OptionalLong dropped = rooms.kept().number(name(DROPPED, due.series()));
      boolean keys =
          (mark == null || mark < due.firstKept())
              && !rooms.keys().periodsBefore(due.series(), due.firstKept(), 1).isEmpty();
      boolean parts = mark != null && dropped.orElse(Long.MIN_VALUE) < mark;
      classes.add(
          new RetentionStatus.OfClass(
              due.series().tenant(),
              due.series().retention(),
              due.series().policyVersion(),
              LocalDate.ofEpochDay(due.firstKept()),
              mark == null ? null : LocalDate.ofEpochDay(mark),
              dropped.isEmpty() ? null : LocalDate.ofEpochDay(dropped.getAsLong()),
              keys || parts));
    }
    return new RetentionStatus(lastRun, clockAhead, failure, classes);
  }

  /// A series of which days end.
  ///
  /// @param firstKept by the clock
  /// @param version under which it was recorded
  private record Due(PeriodId.Series series, int firstKept, PolicyVersion version) {}

  private List<Due> dues(Instant now) {
    List<Due> dues = new ArrayList<>();
    for (Tenancy.Tenant tenant : rooms.tenancy().tenants()) {
      rooms
          .tenancy()
          .policies(tenant.id())
          .forEach((retention, history) -> {
            for (PolicyVersion version : history) {
              int firstKept = PeriodsOver.firstKept(history, version.version(), now);
              if (firstKept != PeriodsOver.NOTHING) {
                dues.add(
                    new Due(
                        new PeriodId.Series(tenant.id(), retention, version.version()),
                        firstKept,
                        version));
              }
            }
          });
    }
    return dues;
  }

  private Map<PeriodId.Series, Integer> marks(List<Due> dues) {
    return rooms.keys().marks(dues.stream().map(Due::series).toList());
  }

  /// @return whether it was through with everything
  private boolean pass() {
    running.lock();
    try {
      ClockGuard.Look look = guard.look();
      clockAhead = look.ahead();
      if (!look.believed()) {
        LOG.log(
            Level.ERROR,
            "Nothing expires: the clock says {0}, {1} more than can be explained. Set it right, or say that it is right (spor retention run --clock-is-right).",
            look.now(),
            look.ahead());
        return false;
      }
      List<Due> dues = dues(look.now());
      expire(dues);
      boolean all = drop(dues);
      if (all) {
        lastRun = look.now();
      }
      failure = null;
      return all;
    } catch (RuntimeException e) {
      failure = e.getClass().getSimpleName();
      throw e;
    } finally {
      running.unlock();
    }
  }

  private void expire(List<Due> dues) {
    Map<PeriodId.Series, Integer> marks = marks(dues);
    List<Mark> wanted = new ArrayList<>();
    for (Due due : dues) {
      Integer mark = marks.get(due.series());
      if ((mark == null || mark < due.firstKept())
          && !rooms.keys().periodsBefore(due.series(), due.firstKept(), 1).isEmpty()) {
        wanted.add(new Mark(due.series(), due.firstKept()));
      } else if (mark != null && mark > recorded(due.series())) {
        wanted.add(new Mark(due.series(), mark));
      }
    }
    for (int i = 0; i < wanted.size() && !closing; i += MARKS_AT_ONCE) {
      List<Mark> some = List.copyOf(wanted.subList(i, Math.min(i + MARKS_AT_ONCE, wanted.size())));
      commands.send(new Expire(some));
      some.forEach(mark -> rooms.kept().keep(name(RECORDED, mark.series()), mark.firstKept()));
    }
    if (!wanted.isEmpty()) {
      follower.awaitWritten(DESTROYED_WITHIN);
    }
  }

  /// The key store can know a mark that the ledger does not: where the ledger was put back to an
  /// earlier point on purpose and the keys were kept. It is recorded again, else what is dropped by
  /// it would be missing unaccounted for.
  ///
  /// @return up to which day this ledger records that the series is over; below what it records
  ///   where a crash came between
  private long recorded(PeriodId.Series series) {
    return Math.max(
        rooms.kept().number(name(RECORDED, series)).orElse(Long.MIN_VALUE),
        rooms.kept().number(name(DROPPED, series)).orElse(Long.MIN_VALUE));
  }

  /// @return whether nothing is left to be dropped
  private boolean drop(List<Due> dues) {
    if (rooms.kept().number(UNCLEAN).orElse(0) != 0) {
      clean();
    }
    Map<PeriodId.Series, Integer> marks = marks(dues);
    List<ExpiredParts.Span> spans = new ArrayList<>();
    for (Due due : dues) {
      Integer mark = marks.get(due.series());
      OptionalLong dropped = rooms.kept().number(name(DROPPED, due.series()));
      if (mark != null && dropped.orElse(Long.MIN_VALUE) < mark) {
        spans.add(new ExpiredParts.Span(due.series(), from(due, dropped), mark));
      }
    }
    if (spans.isEmpty()) {
      return true;
    }
    ExpiredParts parts =
        new ExpiredParts(
            rooms.ledger(),
            rooms.blocks(),
            rooms.view(),
            rooms.viewApplied().getAsLong(),
            new HashMap<>(marks));
    rooms.kept().keep(UNCLEAN, 1);
    boolean all = parts.drop(spans, () -> closing);
    clean();
    if (all) {
      spans.forEach(span -> rooms.kept().keep(name(DROPPED, span.series()), span.end()));
      LOG.log(
          Level.INFO,
          "Expired: {0} parts dropped, {1} links of the timeline removed.",
          parts.parts(),
          parts.links());
    }
    return all;
  }

  private static int from(Due due, OptionalLong dropped) {
    if (!(due.version().period() instanceof RetentionPeriod.For)) {
      return PeriodsOver.NOTHING;
    }
    return dropped.isPresent()
        ? Math.toIntExact(dropped.getAsLong()) - LOOKED_AT_AGAIN_DAYS
        : PeriodsOver.firstRecorded(due.version());
  }

  /// Leaves nothing of what was dropped in the files.
  private void clean() {
    rooms.blocks().reclaim();
    rooms.view().reclaim();
    rooms.kept().keep(UNCLEAN, 0);
  }

  private static String name(String what, PeriodId.Series series) {
    return what + series.tenant() + '/' + series.policyVersion() + '/' + series.retention();
  }

  private void work() {
    Duration retry = FIRST_RETRY;
    Duration pause = Duration.ZERO;
    while (!pause(pause)) {
      boolean all = false;
      try {
        all = pass();
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "Retention cannot run now; it is tried again.", e);
      }
      retry = all ? FIRST_RETRY : retry.multipliedBy(2);
      Duration next = untilNextDay();
      pause = all || retry.compareTo(next) > 0 ? next : retry;
    }
  }

  /// At most an hour, and no longer than to the next day's begin.
  private Duration untilNextDay() {
    Instant now = guard.now();
    Duration left =
        Duration.between(now, now.truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS))
            .plusSeconds(1);
    return left.compareTo(LONGEST_PAUSE) < 0 ? left : LONGEST_PAUSE;
  }

  /// @return whether it is to end
  private boolean pause(Duration duration) {
    lock.lock();
    try {
      long nanosLeft = TimeUnit.MILLISECONDS.toNanos(duration.toMillis());
      while (!closing && nanosLeft > 0) {
        nanosLeft = woken.awaitNanos(nanosLeft);
      }
      return closing;
    } catch (InterruptedException e) {
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Stops after the block that it is at.
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      woken.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (worker.isAlive()) {
      try {
        worker.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
