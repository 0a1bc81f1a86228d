package no.spor.ledger;

import org.jspecify.annotations.Nullable;

/// The store could not do it; nothing was changed; the same call may succeed later (disk full,
/// read-only, unreachable).
public class LedgerStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LedgerStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
