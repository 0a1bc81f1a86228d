package no.spor.ledger;

import org.jspecify.annotations.Nullable;

/// The [Precondition] of an atomic append did not hold; nothing was written.
public class PreconditionFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param cause what the precondition threw, null where it said no
  public PreconditionFailedException(@Nullable Throwable cause) {
    super("the append's precondition does not hold", cause);
  }
}
