package no.spor.recording;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import no.spor.activity.Catalogue;
import no.spor.activity.EventIdentity;
import no.spor.activity.HeaderBody;
import no.spor.ledger.Ledger;
import no.spor.recording.Preparation.Prepared;
import no.spor.recording.Slices.Slice;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.tenancy.Tenancy;
import no.spor.vault.Vault;
import org.jspecify.annotations.Nullable;

/// The recorder. All events of a request are read and judged before the first is sealed; then they
/// are sealed and appended in chunks, or all at once where the request is atomic.
///
/// The second of two events of one identity within a request is the first's duplicate. Whether an
/// identity stands already the ledger decides, when it appends: an event that stands is answered as
/// a duplicate even where a person in it has been erased since. What it can tell before, nothing is
/// sealed for.
///
/// Thread-safe.
public final class EventRecorder implements Recorder {
  static final int MAX_ATOMIC_EVENTS = 256;
  static final int MAX_ATOMIC_BYTES = 1 << 20;
  private static final String OWN_SOURCE = "/spor";

  private final Function<String, Optional<Catalogue>> catalogues;
  private final Appending appending;
  private final InstantSource clock;
  private final SecureRandom random;
  private final RecordingObserver observer;
  private final Map<String, TenantPlans> plans = new ConcurrentHashMap<>();

  /// @param clock says what lies in the future, and what is expired already
  /// @param random makes the ids of Spor's own events
  public EventRecorder(
      Tenancy tenancy,
      Vault vault,
      Ledger ledger,
      InstantSource clock,
      SecureRandom random,
      RecordingObserver observer) {
    this(tenancy::catalogue, vault, ledger, clock, random, observer);
  }

  /// @param catalogues by tenant
  EventRecorder(
      Function<String, Optional<Catalogue>> catalogues,
      Vault vault,
      Ledger ledger,
      InstantSource clock,
      SecureRandom random,
      RecordingObserver observer) {
    this.catalogues = catalogues;
    this.appending = new Appending(vault, ledger);
    this.clock = clock;
    this.random = random;
    this.observer = observer;
  }

  @Override
  public List<Result> record(Access access, Submission submission, boolean atomic) {
    if (access.role() != AccessRole.EMITTER) {
      throw new RejectedRequestException(Problems.FORBIDDEN);
    }
    Slices slices = Slices.of(submission);
    if (atomic) {
      checkAtomic(slices.events());
    }
    return record(sort(access, clock.instant(), slices), atomic);
  }

  @Override
  public long recordOwn(String tenant, String type, byte[] data) {
    byte[] id = new byte[16];
    random.nextBytes(id);
    Instant now = clock.instant();
    Map<String, String> attributes =
        Map.of(
            "specversion",
            "1.0",
            "id",
            HexFormat.of().formatHex(id),
            "source",
            OWN_SOURCE,
            "type",
            type,
            "time",
            now.toString(),
            "tenant",
            tenant);
    Slice slice = Slices.structured(attributes, data);
    List<Result> results = record(sort(null, now, new Slices(List.of(slice), false)), false);
    return switch (results.getFirst()) {
      case Result.Recorded recorded -> recorded.position();
      case Result.Rejected(Problem problem) -> throw new RejectedRequestException(problem);
    };
  }

  private static void checkAtomic(List<Slice> events) {
    long bytes = 0;
    for (Slice event : events) {
      bytes += event.length();
    }
    if (events.size() > MAX_ATOMIC_EVENTS || bytes > MAX_ATOMIC_BYTES) {
      throw new RejectedRequestException(Problems.ATOMIC_TOO_LARGE);
    }
  }

  private List<Result> record(Sorted sorted, boolean atomic) {
    List<Result> outcomes;
    if (!atomic) {
      outcomes = appending.append(sorted.events());
    } else if (sorted.refused() == 0) {
      outcomes = appending.appendAtomically(sorted.events());
    } else {
      sorted.events().forEach(EventRecorder::wipe);
      outcomes =
          Collections.nCopies(
              sorted.events().size(), new Result.Rejected(Problems.ATOMIC_REJECTED));
    }
    observe(sorted.events(), outcomes);
    boolean[] told = new boolean[outcomes.size()];
    List<Result> results = new ArrayList<>(sorted.answers().size());
    for (Answer answer : sorted.answers()) {
      results.add(
          switch (answer) {
            case Answer.Refused(Problem problem) -> new Result.Rejected(problem);
            case Answer.OfEvent(int index) -> {
              Result outcome = outcomes.get(index);
              boolean repeated = told[index];
              told[index] = true;
              yield repeated && outcome instanceof Result.Recorded recorded
                  ? new Result.Recorded(recorded.position(), true, false)
                  : outcome;
            }
          });
    }
    return results;
  }

  private void observe(List<Prepared> events, List<Result> outcomes) {
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i) instanceof Result.Recorded recorded && !recorded.duplicate()) {
        HeaderBody header = events.get(i).header();
        observer.recorded(header.tenant(), header.type());
      }
    }
  }

  /// What is said of one event of the request.
  private sealed interface Answer {
    record Refused(Problem problem) implements Answer {}

    /// What became of the event with this index among those in order.
    record OfEvent(int index) implements Answer {}
  }

  /// @param events those in order, each identity once
  /// @param refused how many are not
  private record Sorted(List<Prepared> events, List<Answer> answers, int refused) {}

  /// @param access who sends; null for Spor itself
  private Sorted sort(@Nullable Access access, Instant now, Slices slices) {
    try (Preparation preparation = new Preparation(access, now, this::plans)) {
      return sort(preparation, slices);
    }
  }

  private static Sorted sort(Preparation preparation, Slices slices) {
    int count = slices.events().size();
    List<Prepared> events = new ArrayList<>(count);
    List<Answer> answers = new ArrayList<>(count);
    Map<EventIdentity, Integer> indexes = HashMap.newHashMap(count);
    int refused = 0;
    int malformed = 0;
    for (Slice slice : slices.events()) {
      try {
        Prepared event = preparation.prepare(slice);
        Integer first = indexes.putIfAbsent(event.identity(), events.size());
        answers.add(new Answer.OfEvent(first == null ? events.size() : first));
        if (first == null) {
          events.add(event);
        } else {
          wipe(event);
        }
      } catch (RefusedEventException e) {
        answers.add(new Answer.Refused(e.problem()));
        refused++;
        malformed += e.problem() == Problems.MALFORMED_JSON ? 1 : 0;
      }
    }
    if (slices.lines() ? malformed == count : malformed > 0) {
      events.forEach(EventRecorder::wipe);
      throw new RejectedRequestException(Problems.MALFORMED_JSON);
    }
    return new Sorted(events, answers, refused);
  }

  private static void wipe(Prepared event) {
    event.parts().forEach(part -> Arrays.fill(part.content(), (byte) 0));
  }

  private Optional<TenantPlans> plans(String tenant) {
    return catalogues.apply(tenant).map(catalogue -> plans(tenant, catalogue));
  }

  private TenantPlans plans(String tenant, Catalogue catalogue) {
    TenantPlans cached = plans.get(tenant);
    if (cached == null || cached.catalogue() != catalogue) {
      cached = new TenantPlans(catalogue);
      plans.put(tenant, cached);
    }
    return cached;
  }
}
