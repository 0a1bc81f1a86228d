package no.spor.ledger;

import org.jspecify.annotations.Nullable;

/// This node does not know the ledger's newest block, so not who has been erased and whose key has
/// been revoked lately: it hands nothing out. Try again later, or ask another node.
public class LedgerStaleException extends LedgerStoreException {
  private static final long serialVersionUID = 1L;

  public LedgerStaleException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
