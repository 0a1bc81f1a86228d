package no.spor.ledger.identity;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import no.spor.ledger.note.KeyType;
import no.spor.ledger.note.NoteKey;
import no.spor.ledger.note.NoteSigner;
import no.spor.ledger.note.NoteVerifier;

/// Private keys that can be lost.
final class KeysInMemory implements LedgerKeys {
  private final Map<NoteVerifier, NoteSigner> keys = new HashMap<>();
  private final SecureRandom random = new SecureRandom();

  @Override
  public NoteSigner make(String origin) {
    NoteSigner signer =
        NoteKey.generate(origin, KeyType.ED25519, random).signer(InstantSource.system());
    keys.put(signer.verifier(), signer);
    return signer;
  }

  @Override
  public Optional<NoteSigner> find(NoteVerifier key) {
    return Optional.ofNullable(keys.get(key));
  }

  void lose(NoteVerifier key) {
    keys.remove(key);
  }
}
