package no.spor.ledger;

/// The [Precondition] of an atomic append did not hold; nothing was written.
public class PreconditionFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PreconditionFailedException() {
    super("the append's precondition does not hold");
  }
}
