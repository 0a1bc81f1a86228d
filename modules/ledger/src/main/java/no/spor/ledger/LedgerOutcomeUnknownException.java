package no.spor.ledger;

import org.jspecify.annotations.Nullable;

/// A write was sent and no verdict came back: it stands or it does not. Resolve by reading and
/// comparing commit ids.
public class LedgerOutcomeUnknownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LedgerOutcomeUnknownException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
