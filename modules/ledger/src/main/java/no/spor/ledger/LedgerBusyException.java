package no.spor.ledger;

import java.time.Duration;

/// The queue is full, or the store does not take writes now: nothing of the call was recorded; try
/// again after a while.
public class LedgerBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Duration retryAfter;

  public LedgerBusyException(String message, Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  public Duration retryAfter() {
    return retryAfter;
  }
}
