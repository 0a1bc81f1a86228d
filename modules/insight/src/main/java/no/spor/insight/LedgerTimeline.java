package no.spor.insight;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import no.spor.activity.TimelineQuery;
import no.spor.activity.TimelineQuery.Place;
import no.spor.activity.TimelineStore;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.vault.PersonState;
import no.spor.vault.Pseudonym;
import no.spor.vault.SealedPart;
import no.spor.vault.Vault;
import no.spor.vault.Vault.PersonView;
import org.jspecify.annotations.Nullable;

/// The timeline: places from the view, records from the ledger, what is personal from the vault.
///
/// The view is not believed: a record that it names is shown only where the ledger's bytes say that
/// it is the tenant's and answers the question. Thread-safe.
public final class LedgerTimeline implements Timeline {
  private static final Logger LOG = System.getLogger(LedgerTimeline.class.getName());
  private static final int MOST_EVENTS = 1_000;
  private static final int MOST_TYPES = 100;
  private static final int MOST_FACETS = 16;

  private final Ledger ledger;
  private final Vault vault;
  private final TimelineStore store;
  private final TimelineProjection projection;
  private final OpeningLog openings;
  private final Consumer<String> rebuild;

  /// @param store the view, which `projection` fills
  /// @param rebuild builds the view of a processor's name anew: `SporAxon::rebuild`
  public LedgerTimeline(
      Ledger ledger,
      Vault vault,
      TimelineStore store,
      TimelineProjection projection,
      OpeningLog openings,
      Consumer<String> rebuild) {
    this.ledger = ledger;
    this.vault = vault;
    this.store = store;
    this.projection = projection;
    this.openings = openings;
    this.rebuild = rebuild;
  }

  @Override
  public Page query(Access access, @Nullable String purpose, Question question) {
    EventReader reader = reader(access, purpose, question.tenant());
    check(question);
    String cursor = question.cursor();
    Place after = cursor == null ? null : Cursor.read(question.tenant(), cursor);
    Asked asked = ask(question.tenant(), question.person());
    long behind = behind();
    if (asked != null && asked.state() != PersonState.ACTIVE) {
      return new Page(List.of(), null, behind, label(asked.state()));
    }
    TimelineStore.Found found =
        store.find(
            new TimelineQuery(
                question.tenant(),
                asked == null ? null : asked.bytes(),
                question.types(),
                question.from(),
                question.to(),
                question.facets(),
                after,
                question.limit()));
    List<Event> events = events(reader, question, asked, found.places());
    PersonState still = state(question.tenant(), question.person());
    if (still != null && still != PersonState.ACTIVE) {
      return new Page(List.of(), null, behind, label(still));
    }
    record(access, purpose, reader, question.tenant(), question.person(), QueryText.of(question));
    Place next = found.next();
    return new Page(
        events,
        next == null ? null : Cursor.of(question.tenant(), next),
        behind,
        asked == null ? null : label(asked.state()));
  }

  @Override
  public Optional<Event> event(
      Access access, @Nullable String purpose, String tenant, long position) {
    EventReader reader = reader(access, purpose, tenant);
    if (position < 0 || position >= ledger.size()) {
      return Optional.empty();
    }
    Optional<Event> event =
        ledger.read(position).filter(record -> isOf(tenant, record)).map(reader::read);
    record(access, purpose, reader, tenant, null, QueryText.of(position));
    return event;
  }

  @Override
  public boolean awaitPosition(long position, Duration atMost) {
    return projection.await(position, atMost);
  }

  @Override
  public long behind() {
    long size = ledger.size();
    return Math.max(0, size - projection.applied(size));
  }

  @Override
  public void rebuild() {
    Thread.ofVirtual()
        .name("rebuild-timeline")
        .start(() -> {
          try {
            rebuild.accept(TimelineProjection.NAME);
          } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "The timeline could not be rebuilt; it goes on as it was.", e);
          }
        });
  }

  private EventReader reader(Access access, @Nullable String purpose, String tenant) {
    boolean officer = access.role() == AccessRole.OFFICER;
    if (!access.reaches(tenant) || !(officer || access.role() == AccessRole.AUDITOR)) {
      throw new IllegalArgumentException("this access reads no timeline of this tenant");
    }
    if (officer && (purpose == null || purpose.isBlank())) {
      throw new InvalidQueryException("Say what personal data is opened for: a purpose is needed.");
    }
    return new EventReader(vault, officer);
  }

  private static void check(Question question) {
    if (question.limit() < 1 || question.limit() > MOST_EVENTS) {
      throw new InvalidQueryException("The limit is 1 to " + MOST_EVENTS + ".");
    }
    if (question.types().size() > MOST_TYPES) {
      throw new InvalidQueryException("At most " + MOST_TYPES + " types can be named.");
    }
    if (question.facets().size() > MOST_FACETS) {
      throw new InvalidQueryException("At most " + MOST_FACETS + " facets can be named.");
    }
  }

  /// Who was asked for, as account and as visitor.
  private record Asked(PersonState state, Set<Pseudonym> pseudonyms) {
    List<byte[]> bytes() {
      return pseudonyms.stream().map(Pseudonym::bytes).toList();
    }

    /// @return whether a part is the person's, or one that was dropped may have been
    boolean standsIn(LedgerRecord record) {
      for (RecordPart part : record.parts()) {
        boolean stands =
            switch (part) {
              case RecordPart.Kept(byte[] bytes) ->
                  pseudonyms.contains(SealedPart.pseudonymOf(bytes));
              case RecordPart.Dropped dropped -> true;
              case RecordPart.None none -> false;
            };
        if (stands) {
          return true;
        }
      }
      return false;
    }
  }

  private @Nullable Asked ask(String tenant, @Nullable String person) {
    if (person == null) {
      return null;
    }
    PersonState state = PersonState.NEVER_SEEN;
    Set<Pseudonym> pseudonyms = new LinkedHashSet<>();
    for (Namespace namespace : Namespace.values()) {
      PersonView view = vault.find(tenant, new PersonId(namespace, person));
      if (view.state() == PersonState.ACTIVE || state == PersonState.NEVER_SEEN) {
        state = view.state();
      }
      view.pseudonyms().forEach(bytes -> pseudonyms.add(Pseudonym.of(bytes)));
    }
    return new Asked(state, pseudonyms);
  }

  /// As [#ask], the state alone.
  private @Nullable PersonState state(String tenant, @Nullable String person) {
    if (person == null) {
      return null;
    }
    PersonState state = PersonState.NEVER_SEEN;
    for (Namespace namespace : Namespace.values()) {
      PersonState found = vault.state(tenant, new PersonId(namespace, person));
      if (found == PersonState.ACTIVE || state == PersonState.NEVER_SEEN) {
        state = found;
      }
    }
    return state;
  }

  private static String label(PersonState state) {
    return switch (state) {
      case ACTIVE -> "active";
      case ERASED -> "erased";
      case NEVER_SEEN -> "never-seen";
    };
  }

  private List<Event> events(
      EventReader reader, Question question, @Nullable Asked asked, List<Place> places) {
    Map<Long, LedgerRecord> records =
        places.isEmpty() ? Map.of() : ledger.read(places.stream().map(Place::position).toList());
    reader.expect(records.values());
    List<Event> events = new ArrayList<>(places.size());
    for (Place place : places) {
      LedgerRecord record = records.get(place.position());
      if (record == null
          || !isOf(question.tenant(), record)
          || (asked != null && !asked.standsIn(record))) {
        throw misfit(place);
      }
      Event event = reader.read(record);
      if (!event.time().equals(place.time()) || !answers(question, event)) {
        throw misfit(place);
      }
      events.add(event);
    }
    return events;
  }

  private static IllegalStateException misfit(Place place) {
    return new IllegalStateException(
        "the timeline does not fit the ledger at position "
            + place.position()
            + ": rebuild the view");
  }

  private static boolean answers(Question question, Event event) {
    return (question.types().isEmpty() || question.types().contains(event.type()))
        && event.facets().entrySet().containsAll(question.facets().entrySet());
  }

  private static boolean isOf(String tenant, LedgerRecord record) {
    return record.stream().equals(tenant) && !tenant.equals(TimelineProjection.ADMINISTRATION);
  }

  /// Before anything opened is handed out. An erasure that this node has not heard of would be one
  /// that it cannot hear of.
  private void record(
      Access access,
      @Nullable String purpose,
      EventReader reader,
      String tenant,
      @Nullable String person,
      String query) {
    ledger.requireFresh();
    long[] opened = reader.opened();
    if (opened.length > 0 && purpose != null) {
      openings.opening(access, purpose, tenant, person, query, opened);
    }
  }
}
