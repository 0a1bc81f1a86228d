package no.spor.recording;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import no.spor.activity.PersonId;
import no.spor.activity.RetentionClass;
import no.spor.ledger.Admission;
import no.spor.ledger.Draft;
import no.spor.ledger.DraftPart;
import no.spor.ledger.Ledger;
import no.spor.ledger.Outcome;
import no.spor.ledger.RecordKey;
import no.spor.ledger.Refusal;
import no.spor.recording.Preparation.Prepared;
import no.spor.recording.Recorder.Result;
import no.spor.vault.KeyHandle;
import no.spor.vault.PersonState;
import no.spor.vault.SealOutcome;
import no.spor.vault.SealRequest;
import no.spor.vault.SealRequest.PlainPart;
import no.spor.vault.Vault;
import org.jspecify.annotations.Nullable;

/// Seals prepared events and gives them to the ledger. Thread-safe.
final class Appending {
  private static final int CHUNK = 512;

  /// Chunks of one request that wait for the ledger while the next one is sealed.
  private static final int IN_FLIGHT = 2;

  private static final int MAX_BLOCK_BYTES = 2 << 20;
  private static final int FRAME_BYTES = 96;
  private static final int PART_FRAME_BYTES = 48;

  private final Vault vault;
  private final Ledger ledger;

  Appending(Vault vault, Ledger ledger) {
    this.vault = vault;
    this.ledger = ledger;
  }

  /// Each for itself. Durable when it returns.
  List<Result> append(List<Prepared> events) {
    List<Result> results = new ArrayList<>(events.size());
    ArrayDeque<Pending> pending = new ArrayDeque<>();
    for (int from = 0; from < events.size(); from += CHUNK) {
      Standing standing = standing(events.subList(from, Math.min(from + CHUNK, events.size())));
      Batch batch = seal(standing.others());
      if (pending.size() == IN_FLIGHT) {
        take(pending.remove(), results);
      }
      pending.add(
          new Pending(standing.positions(), ledger.append(batch.drafts()), batch.expired()));
    }
    while (!pending.isEmpty()) {
      take(pending.remove(), results);
    }
    return results;
  }

  /// All or none. Durable when it returns.
  List<Result> appendAtomically(List<Prepared> events) {
    if (events.isEmpty()) {
      return List.of();
    }
    Batch batch = seal(events);
    if (size(batch.drafts()) > MAX_BLOCK_BYTES) {
      throw new RejectedRequestException(Problems.ATOMIC_TOO_LARGE);
    }
    List<Result> results = new ArrayList<>(events.size());
    long[] none = new long[events.size()];
    Arrays.fill(none, -1);
    take(
        new Pending(none, ledger.appendAtomically(batch.drafts(), null), batch.expired()), results);
    return results;
  }

  /// @param expired by index, whether the event is recorded with its payload discarded
  /// @param labels drop labels by class and day: most events share one
  private record Batch(List<Draft> drafts, BitSet expired, Map<Label, String> labels) {
    Batch(int events) {
      this(new ArrayList<>(events), new BitSet(), new HashMap<>());
    }

    String label(Prepared event) {
      return labels.computeIfAbsent(
          new Label(event.retention(), event.header().day()),
          label -> label.retention().dropLabel(label.day()));
    }
  }

  private record Label(RetentionClass retention, int day) {}

  /// @param standing by index, the position of an event that stands already, or −1
  /// @param outcomes of the others
  /// @param expired by index among the others
  private record Pending(
      long[] standing, CompletableFuture<List<Outcome>> outcomes, BitSet expired) {}

  private record Standing(long[] positions, List<Prepared> others) {}

  /// Tells apart what is known to stand, so that nothing is sealed, and no key made, for it.
  private Standing standing(List<Prepared> events) {
    long[] positions = new long[events.size()];
    List<Prepared> others = new ArrayList<>(events.size());
    for (int i = 0; i < positions.length; i++) {
      Prepared event = events.get(i);
      positions[i] = ledger.find(key(event));
      if (positions[i] < 0) {
        others.add(event);
      } else {
        event.parts().forEach(part -> Arrays.fill(part.content(), (byte) 0));
      }
    }
    return new Standing(positions, others);
  }

  private static RecordKey key(Prepared event) {
    return new RecordKey(event.identity().high(), event.identity().low());
  }

  private static void take(Pending pending, List<Result> results) {
    List<Outcome> outcomes;
    try {
      outcomes = pending.outcomes().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
    int next = 0;
    for (long position : pending.standing()) {
      if (position < 0) {
        results.add(result(outcomes.get(next), pending.expired().get(next)));
        next++;
      } else {
        results.add(new Result.Recorded(position, true, false));
      }
    }
  }

  private static Result result(Outcome outcome, boolean expired) {
    return switch (outcome) {
      case Outcome.Appended appended -> new Result.Recorded(appended.position(), false, expired);
      case Outcome.Duplicate duplicate -> new Result.Recorded(duplicate.position(), true, false);
      case Outcome.Refused(Refusal refusal) ->
          new Result.Rejected(Problems.refused(refusal.reason()));
      case Outcome.NotAppended ignored -> new Result.Rejected(Problems.ATOMIC_REJECTED);
    };
  }

  private Batch seal(List<Prepared> events) {
    List<SealRequest> requests = new ArrayList<>(events.size());
    for (Prepared event : events) {
      if (toSeal(event)) {
        requests.add(
            new SealRequest(
                event.header(), event.body(), event.retention().untilClosed(), event.parts()));
      }
    }
    List<SealOutcome> outcomes = requests.isEmpty() ? List.of() : vault.seal(requests);
    Map<PersonOfTenant, Boolean> erased = new HashMap<>();
    Batch batch = new Batch(events.size());
    int next = 0;
    for (Prepared event : events) {
      if (!toSeal(event)) {
        add(batch, event, erased, event.expired());
        continue;
      }
      switch (outcomes.get(next++)) {
        case SealOutcome.Sealed(List<byte[]> parts, List<KeyHandle> people, long ignored) ->
            add(batch, event, parts, people.isEmpty() ? null : new AllAlive(people));
        case SealOutcome.PersonErased ignored -> add(batch, event, null, Erased.INSTANCE);
        case SealOutcome.PeriodExpired ignored -> add(batch, event, erased, true);
      }
    }
    return batch;
  }

  /// Adds an event of which nothing is kept but the header.
  private void add(
      Batch batch, Prepared event, Map<PersonOfTenant, Boolean> erased, boolean expired) {
    batch.expired().set(batch.drafts().size(), expired);
    boolean refuse = expired && namesErased(event, erased);
    add(batch, event, null, refuse ? Erased.INSTANCE : null);
  }

  private static boolean toSeal(Prepared event) {
    return !event.expired() && !event.parts().isEmpty();
  }

  private boolean namesErased(Prepared event, Map<PersonOfTenant, Boolean> erased) {
    boolean found = false;
    for (PlainPart part : event.parts()) {
      Arrays.fill(part.content(), (byte) 0);
      PersonId person = part.person();
      if (person != null) {
        found |=
            erased.computeIfAbsent(
                new PersonOfTenant(event.header().tenant(), person),
                p -> vault.find(p.tenant(), p.person()).state() == PersonState.ERASED);
      }
    }
    return found;
  }

  /// @param parts null where there is nothing sealed to keep: each part is an explicit none
  private static void add(
      Batch batch, Prepared event, @Nullable List<byte[]> parts, @Nullable Admission admission) {
    String label = batch.label(event);
    int count = event.header().roles().size();
    List<DraftPart> draftParts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      draftParts.add(new DraftPart(label, parts == null ? null : parts.get(i)));
    }
    batch
        .drafts()
        .add(
            new Draft(
                event.header().tenant(),
                event.body(),
                draftParts,
                key(event),
                List.of(),
                false,
                admission));
  }

  private static long size(List<Draft> drafts) {
    long size = 0;
    for (Draft draft : drafts) {
      size += FRAME_BYTES + draft.stream().length() + draft.body().length;
      for (DraftPart part : draft.parts()) {
        byte[] bytes = part.bytes();
        size += PART_FRAME_BYTES + part.label().length() + (bytes == null ? 0 : bytes.length);
      }
    }
    return size;
  }

  private record PersonOfTenant(String tenant, PersonId person) {}

  /// Refuses what was sealed for somebody whose keys have died since.
  private record AllAlive(List<KeyHandle> people) implements Admission {
    @Override
    public @Nullable Refusal refusal() {
      for (KeyHandle person : people) {
        if (!person.alive()) {
          return Erased.REFUSAL;
        }
      }
      return null;
    }
  }

  /// Refuses, but lets the ledger say first that the event stands already.
  private enum Erased implements Admission {
    INSTANCE;

    static final Refusal REFUSAL = new Refusal(Problems.PERSON_ERASED.slug());

    @Override
    public Refusal refusal() {
      return REFUSAL;
    }
  }
}
