package no.spor.conformance;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointSigner;
import no.spor.ledger.note.KeyType;
import no.spor.ledger.note.NoteKey;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;
import org.jspecify.annotations.Nullable;

/// Remembers all it has signed, whatever became of it: none of that may be a fork. Thread-safe.
final class RememberingSigner implements CheckpointSigner {
  final List<Checkpoint> signed = new CopyOnWriteArrayList<>();
  private final NoteKey key;
  private final @Nullable String predecessor;

  RememberingSigner(String origin, @Nullable String predecessor) {
    this.key = NoteKey.generate(origin, KeyType.ED25519, new SecureRandom());
    this.predecessor = predecessor;
  }

  NoteVerifier verifier() {
    return key.verifier();
  }

  @Override
  public String origin() {
    return key.verifier().name();
  }

  @Override
  public @Nullable String predecessor() {
    return predecessor;
  }

  @Override
  public String sign(Checkpoint checkpoint) {
    signed.add(checkpoint);
    return SignedNote.of(checkpoint.text(), List.of(key.signer(InstantSource.system()))).format();
  }
}
