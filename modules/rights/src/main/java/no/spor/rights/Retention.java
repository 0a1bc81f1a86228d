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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import no.spor.activity.HeaderBody;
import no.spor.activity.RetentionPeriod;
import no.spor.activity.TimelineStore;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.axon.Commands;
import no.spor.ledger.axon.SporAxon;
import no.spor.ledger.axon.StreamedRecord;
import no.spor.rights.ClockGuard.Word;
import no.spor.rights.ExpireDecisions.Expire;
import no.spor.rights.ExpireDecisions.Mark;
import no.spor.tenancy.PolicyVersion;
import no.spor.tenancy.Tenancy;
import no.spor.vault.KeyStore;
import no.spor.vault.PeriodId;
import no.spor.vault.Vault;
import org.jspecify.annotations.Nullable;

/// Ends what is over: per tenant, retention class, policy version and UTC day. First a mark is
/// recorded (`spor.period-expired`), then the key store follows it and the keys of the days below
/// are gone, then the parts are dropped and the files shrink.
///
/// Then accounts end of which nothing was recorded for long enough ([InactiveAccounts]).
///
/// Runs by itself, at the start, every hour and when a UTC day begins, and catches up with whatever
/// was missed. Can be killed at any point: what is recorded is carried out at the next start.
/// Nothing is ever early: it goes by what time it is at least ([ClockGuard]). A longer period
/// applies to what comes, a shorter one at once ([PolicyVersion#endOf]). Thread-safe; several nodes
/// may do the same at once.
public final class Retention implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Retention.class.getName());
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

  /// What applications say the time is: the middle of what so many of their newest events say.
  private static final int EVENTS_ASKED = 64;

  private static final Duration DESTROYED_WITHIN = Duration.ofMinutes(1);
  private static final int MARKS_AT_ONCE = 64;

  /// Records sealed just before the mark may be appended just after it.
  private static final int LOOKED_AT_AGAIN_DAYS = 2;

  private static final String ADMINISTRATION = "spor";
  private static final String OWN_SOURCE = "/spor";
  private static final String DROPPED = "dropped/";
  private static final String RECORDED = "recorded/";
  private static final String UNCLEAN = "unclean";

  /// What it works on.
  ///
  /// @param viewApplied every record below this position is in the view
  /// @param kept how far it has come
  /// @param accounts closes them
  public record Rooms(
      Tenancy tenancy,
      InstantSource clock,
      Vault vault,
      KeyStore keys,
      Ledger ledger,
      LedgerStore blocks,
      TimelineStore view,
      LongSupplier viewApplied,
      RetentionStore kept,
      AccountClosing accounts) {}

  private final Rooms rooms;
  private final Commands commands;
  private final KeyStoreFollower follower;
  private final ClockGuard guard;
  private final InactiveAccounts inactive;
  private final long recordedBefore;
  private final ReentrantLock running = new ReentrantLock();
  private final RecurringWork work;
  private Duration retry = FIRST_RETRY;
  private volatile @Nullable Instant lastRun;
  private volatile Duration clockAhead = Duration.ZERO;
  private volatile @Nullable String failure;
  private boolean held;

  /// @param nanoClock monotonic: `System::nanoTime`
  /// @param longestDowntime how far others, or an operator who runs it, are believed at once when
  ///   the clock is ahead of what can be proven
  public Retention(
      Rooms rooms,
      Commands commands,
      KeyStoreFollower follower,
      LongSupplier nanoClock,
      Duration longestDowntime,
      ClockEvidence evidence) {
    this.rooms = rooms;
    this.commands = commands;
    this.follower = follower;
    this.inactive = new InactiveAccounts(rooms, follower);
    this.recordedBefore = rooms.ledger().size();
    this.guard =
        new ClockGuard(
            rooms.clock(),
            nanoClock,
            rooms.kept(),
            longestDowntime,
            evidence,
            this::sent,
            newestMillis(rooms.ledger()));
    this.work = new RecurringWork("retention", this::passByItself);
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

  /// What time applications say it is, in events that came since the start: the middle of what the
  /// newest say, so that one that is wrong is outvoted where there are others.
  private @Nullable Instant sent() {
    Ledger ledger = rooms.ledger();
    long from = Math.max(recordedBefore, ledger.size() - EVENTS_ASKED);
    List<Instant> said = new ArrayList<>();
    for (LedgerRecord record : ledger.readFrom(from, EVENTS_ASKED)) {
      if (!record.stream().equals(ADMINISTRATION)) {
        HeaderBody header = StreamedRecord.headerOf(record);
        if (!header.source().equals(OWN_SOURCE)) {
          said.add(header.time());
        }
      }
    }
    said.sort(null);
    return said.isEmpty() ? null : said.get((said.size() - 1) / 2);
  }

  /// Adds the command handlers.
  ///
  /// @return the same builder
  public static SporAxon.Builder register(SporAxon.Builder axon) {
    return axon.commandHandlers("retention", new ExpireDecisions());
  }

  /// Begins to run by itself.
  public Retention start() {
    work.start();
    return this;
  }

  /// Runs now, as an operator wants it: the clock is taken for right within the limit that was
  /// given for others' word.
  ///
  /// @param clockIsRight an operator's word for it, without limit
  public RetentionStatus run(boolean clockIsRight) {
    pass(clockIsRight ? Word.RIGHT : Word.RUN);
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
    return new RetentionStatus(lastRun, clockAhead, failure, classes, inactive.status(onlyTenant));
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
  private boolean pass(Word word) {
    running.lock();
    try {
      ClockGuard.Look look = guard.look(word);
      clockAhead = look.ahead();
      say(look);
      List<Due> dues = dues(look.now());
      expire(dues);
      boolean all = drop(dues) && inactive.close(look.now(), work::isClosing) && !look.held();
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

  /// Once each time.
  private void say(ClockGuard.Look look) {
    if (look.held() && !held) {
      LOG.log(
          Level.WARNING,
          "The clock is {0} ahead of what can be proven: retention goes by {1}, until an event of an application or a witness confirms the clock, or an operator does (spor retention run).",
          look.ahead(),
          look.now());
    }
    held = look.held();
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
    for (int i = 0; i < wanted.size() && !work.isClosing(); i += MARKS_AT_ONCE) {
      List<Mark> some = List.copyOf(wanted.subList(i, Math.min(i + MARKS_AT_ONCE, wanted.size())));
      CompletableFuture.allOf(
              some.stream()
                  .map(mark -> commands.sendAsync(new Expire(mark), Boolean.class))
                  .toArray(CompletableFuture[]::new))
          .join();
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
            rooms.viewApplied(),
            work::isClosing,
            new HashMap<>(marks));
    rooms.kept().keep(UNCLEAN, 1);
    boolean all = parts.drop(spans);
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

  private Duration passByItself() {
    boolean all = false;
    try {
      all = pass(Word.NONE);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "Retention cannot run now; it is tried again.", e);
    }
    retry = all ? FIRST_RETRY : retry.multipliedBy(2);
    retry = retry.compareTo(LONGEST_RETRY) < 0 ? retry : LONGEST_RETRY;
    Duration next = untilNextDay();
    return all || retry.compareTo(next) > 0 ? next : retry;
  }

  /// At most an hour, and no longer than to the next day's begin.
  private Duration untilNextDay() {
    Instant now = guard.now();
    Duration left =
        Duration.between(now, now.truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS))
            .plusSeconds(1);
    return left.compareTo(LONGEST_PAUSE) < 0 ? left : LONGEST_PAUSE;
  }

  /// Stops after the block that it is at.
  @Override
  public void close() {
    work.close();
  }
}
