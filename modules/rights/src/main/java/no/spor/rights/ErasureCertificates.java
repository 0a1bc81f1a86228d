package no.spor.rights;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;
import no.spor.ledger.tree.PublishedHead;
import no.spor.ledger.tree.Publisher;
import org.jspecify.annotations.Nullable;

/// Makes the certificates of completed erasures. Thread-safe.
public final class ErasureCertificates {
  private final ErasureRegister register;
  private final Ledger ledger;
  private final UUID id;
  private final Publisher publisher;
  private final CheckpointStore checkpoints;
  private final Supplier<List<NoteVerifier>> keys;

  /// @param id the ledger's
  /// @param keys verifier keys that the ledger has had under its origin
  public ErasureCertificates(
      ErasureRegister register,
      Ledger ledger,
      UUID id,
      Publisher publisher,
      CheckpointStore checkpoints,
      Supplier<List<NoteVerifier>> keys) {
    this.register = register;
    this.ledger = ledger;
    this.id = id;
    this.publisher = publisher;
    this.checkpoints = checkpoints;
    this.keys = keys;
  }

  /// @param before the checkpoint that the approval named
  private record Facts(
      String statement, long first, long last, long completed, @Nullable String before) {}

  /// Waits, where the completion is not published yet, until it is: a second or so.
  ///
  /// @throws RightsException `no-such-request`, `not-completed`
  public String of(String erasure) {
    Facts facts =
        register
            .find(erasure, this::facts)
            .orElseThrow(() -> new RightsException("no-such-request", "There is no such request."))
            .orElseThrow(() ->
                new RightsException(
                    "not-completed", "There is a certificate once the erasure is completed."));
    PublishedHead head = published(facts.completed());
    Before before = before(facts, head.published().checkpoint().origin());
    List<ErasureCertificate.Standing> records = new ArrayList<>();
    for (long position = facts.first(); position <= facts.last(); position++) {
      records.add(standing(position, head));
    }
    records.add(standing(facts.completed(), head));
    String after = head.published().note();
    String earlier = before == null ? null : before.note();
    return new ErasureCertificate(
            facts.statement(),
            keysOf(after, earlier),
            earlier,
            after,
            before == null ? List.of() : head.tree().consistency(before.size(), head.size()),
            records)
        .text();
  }

  private record Before(String note, long size) {}

  /// The last checkpoint before the erasure: as its approval named it, else the last that was kept.
  private @Nullable Before before(Facts facts, String origin) {
    String named = facts.before();
    if (named != null) {
      Checkpoint checkpoint = Checkpoint.parse(SignedNote.parse(named).text());
      if (checkpoint.origin().equals(origin)
          && checkpoint.size() > 0
          && checkpoint.size() <= facts.first()) {
        return new Before(named, checkpoint.size());
      }
    }
    return checkpoints
        .atMost(origin, facts.first())
        .filter(one -> one.checkpoint().size() > 0)
        .map(one -> new Before(one.note(), one.checkpoint().size()))
        .orElse(null);
  }

  private Optional<Facts> facts(ErasureRecord record) {
    var completion = record.completion;
    return completion == null || !record.request
        ? Optional.empty()
        : Optional.of(
            new Facts(
                ErasureStatement.of(id, record, completion.horizon()),
                record.position,
                record.lastPosition,
                record.completedAtPosition,
                record.checkpoint));
  }

  private PublishedHead published(long position) {
    try {
      return publisher.awaitPublished(position).join();
    } catch (CompletionException e) {
      throw new LedgerStoreException("the ledger cannot be published now", e.getCause());
    }
  }

  private ErasureCertificate.Standing standing(long position, PublishedHead head) {
    return new ErasureCertificate.Standing(
        position,
        ledger.read(position).orElseThrow().header(),
        head.tree().inclusion(position, head.size()));
  }

  private List<String> keysOf(String after, @Nullable String before) {
    return keys.get().stream()
        .filter(key -> signed(key, after) || (before != null && signed(key, before)))
        .map(NoteVerifier::vkey)
        .toList();
  }

  private static boolean signed(NoteVerifier key, String note) {
    return SignedNote.parse(note).signatures().stream().anyMatch(key::claims);
  }
}
