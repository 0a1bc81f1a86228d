package no.spor.server;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.CheckpointStore.Published;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.identity.LedgerIdentity;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;
import no.spor.ledger.tree.Publisher;
import no.spor.ledger.tree.TileId;
import no.spor.ledger.tree.TlogProof;
import org.jspecify.annotations.Nullable;

/// What of the ledger is for everyone to see: the newest checkpoint, tiles, bundles of entries, and
/// proofs for those who hold a header. Thread-safe.
public final class PublicLedger {
  private final UUID id;
  private final LedgerIdentity identity;
  private final Publisher publisher;
  private final CheckpointStore checkpoints;

  PublicLedger(UUID id, Publishing publishing) {
    this.id = id;
    this.identity = publishing.identity();
    this.publisher = publishing.publisher();
    this.checkpoints = publishing.checkpoints();
  }

  public UUID id() {
    return id;
  }

  /// @return the verifier keys (vkeys of `signed-note`) of the ledger, the current one first
  public List<String> keys() {
    return identity.keys().stream().map(NoteVerifier::vkey).toList();
  }

  /// @return the statement that began key number `index`, from 0 on: a signed note; empty beyond
  ///   the current one
  public Optional<String> keyStatement(int index) {
    var statements = identity.statements();
    return index < 0 || index >= statements.size()
        ? Optional.empty()
        : Optional.of(statements.get(index).note().format());
  }

  /// @return the newest checkpoint that witnesses have cosigned, with their signatures; empty where
  ///   none ever was under the present origin
  public Optional<String> cosigned() {
    return checkpoints.cosigned(identity.origin()).map(Published::note);
  }

  /// @return number of entries under the newest checkpoint
  public long size() {
    return publisher.publishedSize();
  }

  /// @return when the newest checkpoint was published, by the publisher's clock
  public Instant publishedAt() {
    return Instant.ofEpochMilli(publisher.published().atMillis());
  }

  /// @return when the newest checkpoint was published that witnesses have cosigned; null for none
  public @Nullable Instant witnessedAt() {
    return checkpoints
        .cosigned(publisher.published().checkpoint().origin())
        .map(cosigned -> Instant.ofEpochMilli(cosigned.atMillis()))
        .orElse(null);
  }

  /// @return the earliest time that a witness put on its cosignature of the newest checkpoint that
  ///   witnesses have cosigned; null for none
  @Nullable Instant witnessedTime() {
    return checkpoints
        .cosigned(publisher.published().checkpoint().origin())
        .flatMap(cosigned ->
            SignedNote.parse(cosigned.note()).signatures().stream()
                .flatMap(signature -> signature.cosignedAt().stream())
                .min(Instant::compareTo))
        .orElse(null);
  }

  /// @return false once publishing has stopped for good, for the ledger does not continue what was
  ///   published; then nothing is appended either
  public boolean isPublishing() {
    return publisher.failure().isEmpty();
  }

  /// @return the newest checkpoint, a signed note; with the witnesses' signatures where they have
  ///   cosigned just that one
  public String checkpoint() {
    return noteOf(publisher.published());
  }

  private String noteOf(Published published) {
    var checkpoint = published.checkpoint();
    return checkpoints
        .cosigned(checkpoint.origin())
        .filter(cosigned -> cosigned.checkpoint().equals(checkpoint))
        .orElse(published)
        .note();
  }

  /// @return the bytes of a tile or bundle; empty where the published tree has none such
  public Optional<byte[]> read(TileId tile) {
    return publisher.head().tree().read(tile);
  }

  /// Waits, where the record is not published yet, until it is.
  ///
  /// @param position of a record that stands
  /// @param header its bytes, which the proof carries
  /// @return that the record stands in the log; empty where it is not published in time
  /// @throws LedgerStoreException where the store cannot be read now
  public Optional<TlogProof> proof(long position, byte[] header, Duration atMost) {
    try {
      var head = publisher.awaitPublished(position).get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      return Optional.of(
          new TlogProof(
              position,
              head.tree().inclusion(position, head.size()),
              header,
              noteOf(head.published())));
    } catch (TimeoutException | ExecutionException notYet) {
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new LedgerStoreException("interrupted", interrupted);
    }
  }
}
