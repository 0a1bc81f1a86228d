package no.spor.ledger.axon;

/// Other commands changed what this one rests on, at every attempt. Nothing was written; it may be
/// sent again.
public class CommandConflictException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CommandConflictException(int attempts) {
    super("other commands were faster, " + attempts + " times");
  }
}
