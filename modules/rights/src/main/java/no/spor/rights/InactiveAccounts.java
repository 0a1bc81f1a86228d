package no.spor.rights;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import no.spor.activity.Catalogue;
import no.spor.activity.EventIdentity;
import no.spor.activity.RetentionPeriod;
import no.spor.activity.TimelineQuery;
import no.spor.activity.TimelineQuery.Place;
import no.spor.activity.TimelineStore;
import no.spor.ledger.LedgerRecord;
import no.spor.vault.KeyStore.Person;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.Pseudonym;
import org.jspecify.annotations.Nullable;

/// Closes accounts of which nothing was recorded for as long as the tenant's catalogue says
/// (`inactiveAccounts: P2Y`), as if they had been closed: `spor.account-closed`. The history stays.
///
/// The last activity is what the ledger shows: the last UTC month of which anything is recorded of
/// the person, in any role (also of what is over by now; the key store holds the months'
/// pseudonyms, and nothing more is kept of anybody), and the moment at which the newest record that
/// still leads to the person was recorded. The period runs from the end of that month, or of that
/// day, whichever is later: so an account ends up to a month late and never early.
///
/// Looked at once a day. Can be killed at any point and done again, and by several nodes at once.
/// What comes between the look and the closing, in moments, belongs to an account that is closed.
final class InactiveAccounts {
  private static final int AT_ONCE = 100;
  private static final int PLACES = 1_000;
  private static final String LOOKED_AT = "inactive/";
  private static final Duration WRITTEN_WITHIN = Duration.ofMinutes(1);

  /// A view that is built anew takes longer: then accounts are looked at in a later pass.
  private static final Duration SHOWN_WITHIN = Duration.ofSeconds(10);

  private static final long PAUSE_NANOS = 5_000_000;

  private final Retention.Rooms rooms;
  private final KeyStoreFollower follower;
  private final Map<String, LongAdder> closed = new ConcurrentHashMap<>();

  InactiveAccounts(Retention.Rooms rooms, KeyStoreFollower follower) {
    this.rooms = rooms;
    this.follower = follower;
  }

  /// Tenants whose accounts end by inactivity, by id.
  private Map<String, RetentionPeriod.For> periods() {
    Map<String, RetentionPeriod.For> periods = new TreeMap<>();
    for (var tenant : rooms.tenancy().tenants()) {
      RetentionPeriod.For period =
          rooms.tenancy().catalogue(tenant.id()).map(Catalogue::inactiveAccounts).orElse(null);
      if (period != null) {
        periods.put(tenant.id(), period);
      }
    }
    return periods;
  }

  List<RetentionStatus.OfAccounts> status(@Nullable String onlyTenant) {
    List<RetentionStatus.OfAccounts> all = new ArrayList<>();
    periods()
        .forEach((tenant, period) -> {
          if (onlyTenant == null || onlyTenant.equals(tenant)) {
            OptionalLong looked = rooms.kept().number(name(tenant, period));
            LongAdder ended = closed.get(tenant);
            all.add(
                new RetentionStatus.OfAccounts(
                    tenant,
                    period.period().toString(),
                    looked.isEmpty() ? null : LocalDate.ofEpochDay(looked.getAsLong()),
                    ended == null ? 0 : ended.sum()));
          }
        });
    return all;
  }

  /// @param now what time it is at least
  /// @return whether nothing is left to look at today
  boolean close(Instant now, BooleanSupplier stop) {
    int today = PeriodsOver.day(now);
    Map<String, RetentionPeriod.For> due = periods();
    due.entrySet()
        .removeIf(one ->
            rooms.kept().number(name(one.getKey(), one.getValue())).orElse(Long.MIN_VALUE)
                >= today);
    if (due.isEmpty()) {
      return true;
    }
    if (!viewShowsAll(stop)) {
      return false;
    }
    Map<String, Instant> since = new HashMap<>();
    due.forEach((tenant, period) -> since.put(tenant, firstMonthKept(period, now)));
    PersonRef after = null;
    List<Person> page;
    do {
      page = rooms.keys().accounts(after, AT_ONCE);
      close(page, due, since, now);
      after = page.isEmpty() ? after : page.getLast().ref();
      if (stop.getAsBoolean()) {
        return false;
      }
    } while (page.size() == AT_ONCE);
    due.forEach((tenant, period) -> rooms.kept().keep(name(tenant, period), today));
    return true;
  }

  /// Waits a moment for what was recorded just before, of this very pass perhaps.
  ///
  /// @return whether the view shows all that was recorded until now
  private boolean viewShowsAll(BooleanSupplier stop) {
    long size = rooms.ledger().size();
    long begun = System.nanoTime();
    while (rooms.viewApplied().getAsLong() < size) {
      if (stop.getAsBoolean() || System.nanoTime() - begun > SHOWN_WITHIN.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return true;
  }

  private void close(
      List<Person> page,
      Map<String, RetentionPeriod.For> due,
      Map<String, Instant> since,
      Instant now) {
    Map<PersonRef, Instant> asked = new HashMap<>();
    for (Person person : page) {
      Instant from = since.get(person.ref().tenant());
      if (from != null) {
        asked.put(person.ref(), from);
      }
    }
    if (asked.isEmpty()) {
      return;
    }
    // Months to come are looked at too: events of a clock that was ahead.
    Instant until = rooms.clock().instant().plus(Duration.ofDays(31));
    Set<PersonRef> quiet = rooms.vault().quiet(asked, until);
    boolean any = false;
    for (Person person : page) {
      String tenant = person.ref().tenant();
      RetentionPeriod.For period = due.get(tenant);
      if (period != null && quiet.contains(person.ref()) && over(person, period, now)) {
        EventIdentity job =
            EventIdentity.of(
                tenant, "inactive", person.id() + "/" + person.accountClosedPosition());
        rooms
            .accounts()
            .close(new UUID(job.high(), job.low()), tenant, person.id(), AccountClosing.INACTIVE);
        closed.computeIfAbsent(tenant, t -> new LongAdder()).increment();
        any = true;
      }
    }
    if (any) {
      follower.awaitWritten(WRITTEN_WITHIN);
    }
  }

  /// @return the begin of the first month such that an account whose last activity is in it or
  ///   later is kept
  private static Instant firstMonthKept(RetentionPeriod.For period, Instant now) {
    YearMonth month = YearMonth.from(now.atZone(ZoneOffset.UTC));
    while (!over(period, month.atEndOfMonth(), now)) {
      month = month.minusMonths(1);
    }
    return month.plusMonths(1).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static boolean over(RetentionPeriod.For period, LocalDate day, Instant now) {
    return !period.endOf(Math.toIntExact(day.toEpochDay())).isAfter(now);
  }

  /// @return whether the period is over also since the newest record that leads to the person was
  ///   recorded: what was imported today tells of long ago, and is today's activity
  private boolean over(Person person, RetentionPeriod.For period, Instant now) {
    TimelineStore view = rooms.view();
    List<byte[]> pseudonyms =
        rooms.keys().pseudonyms(person.id()).stream().map(Pseudonym::bytes).toList();
    long newest = -1;
    Place after = null;
    do {
      TimelineStore.Found found =
          view.find(
              new TimelineQuery(
                  person.ref().tenant(),
                  pseudonyms,
                  List.of(),
                  null,
                  null,
                  Map.of(),
                  after,
                  PLACES));
      for (Place place : found.places()) {
        newest = Math.max(newest, place.position());
      }
      after = found.next();
    } while (after != null);
    if (newest < 0) {
      return true; // all that led to the person is over: the months tell
    }
    LedgerRecord record = rooms.ledger().read(newest).orElse(null);
    return record != null
        && !period
            .endOf(PeriodsOver.day(Instant.ofEpochMilli(record.recordedAtMillis())))
            .isAfter(now);
  }

  private static String name(String tenant, RetentionPeriod.For period) {
    return LOOKED_AT + tenant + '/' + period.period();
  }
}
