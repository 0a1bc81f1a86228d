package no.spor.ledger.identity;

import java.util.Optional;
import no.spor.ledger.note.NoteSigner;
import no.spor.ledger.note.NoteVerifier;

/// Port: makes and keeps the private keys that sign a ledger's checkpoints. They never leave it.
/// Thread-safe.
public interface LedgerKeys {

  /// Makes a key (Ed25519, named as the origin). Durable when this returns.
  NoteSigner make(String origin);

  /// @return the key that goes with a public one; empty where it is not there
  Optional<NoteSigner> find(NoteVerifier key);
}
