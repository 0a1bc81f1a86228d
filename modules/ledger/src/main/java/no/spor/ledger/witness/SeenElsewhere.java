package no.spor.ledger.witness;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.identity.IdentityException;
import no.spor.ledger.identity.LedgerIdentity;
import no.spor.ledger.note.NoteException;
import no.spor.ledger.note.SignedNote;
import no.spor.ledger.tree.PublisherOptions.Seen;
import org.jspecify.annotations.Nullable;

/// Collects what others hold of a ledger, before it is opened: an old copy of ledger and
/// checkpoints together looks sound by itself.
public final class SeenElsewhere {
  private static final Logger LOG = System.getLogger(SeenElsewhere.class.getName());

  private SeenElsewhere() {}

  /// Asks the store of checkpoints and all witnesses at once. A witness that cannot be asked is
  /// passed over, with a warning: it must not keep a ledger from starting.
  ///
  /// @param since a checkpoint that the operator has kept, a whole signed note; null for none
  /// @throws IdentityException where `since` is not this ledger's
  public static List<Seen> collect(
      LedgerIdentity identity,
      CheckpointStore store,
      List<WitnessClient> witnesses,
      @Nullable String since) {
    List<Seen> seen = new ArrayList<>();
    store
        .cosigned(identity.origin())
        .ifPresent(one -> seen.add(new Seen(one.checkpoint(), "the store of checkpoints")));
    if (since != null) {
      seen.add(new Seen(ownCheckpoint(identity, since), "the file that was given"));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<Seen>>> answers =
          witnesses.stream().map(one -> threads.submit(() -> ask(one, identity))).toList();
      for (Future<Optional<Seen>> answer : answers) {
        answer.get().ifPresent(seen::add);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IdentityException("interrupted while witnesses were asked");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return seen;
  }

  private static Checkpoint ownCheckpoint(LedgerIdentity identity, String note) {
    try {
      SignedNote signed = SignedNote.parse(note);
      signed.verifiedBy(identity.keysOfOrigin());
      Checkpoint checkpoint = Checkpoint.parse(signed.text());
      if (checkpoint.origin().equals(identity.origin())) {
        return checkpoint;
      }
    } catch (NoteException | LedgerDamageException e) {
      // Said below.
    }
    throw new IdentityException(
        "the checkpoint that was given is not signed by this ledger ("
            + identity.origin()
            + "): it says nothing of it");
  }

  private static Optional<Seen> ask(WitnessClient witness, LedgerIdentity identity)
      throws InterruptedException {
    String name = witness.address().toString();
    try {
      return witness
          .newest(identity.origin(), identity.keysOfOrigin())
          .map(note -> new Seen(Checkpoint.parse(note.text()), "witness " + name));
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "witness {0} does not say how long this ledger was: {1}",
          name,
          e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
      return Optional.empty();
    }
  }
}
