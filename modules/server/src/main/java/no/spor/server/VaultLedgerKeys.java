package no.spor.server;

import java.util.Optional;
import no.spor.ledger.identity.LedgerKeys;
import no.spor.ledger.note.KeyType;
import no.spor.ledger.note.NoteSigner;
import no.spor.ledger.note.NoteVerifier;
import no.spor.vault.SigningKey;
import no.spor.vault.Vault;

/// The ledger's signing keys lie in the vault. Thread-safe.
record VaultLedgerKeys(Vault vault) implements LedgerKeys {
  @Override
  public NoteSigner make(String origin) {
    return signer(origin, vault.makeSigningKey(origin));
  }

  @Override
  public Optional<NoteSigner> find(NoteVerifier key) {
    return key.type() == KeyType.ED25519
        ? vault.signingKey(key.name(), key.publicKey()).map(signing -> signer(key.name(), signing))
        : Optional.empty();
  }

  private static NoteSigner signer(String origin, SigningKey key) {
    return NoteSigner.of(origin, key.publicKey(), key::sign);
  }
}
