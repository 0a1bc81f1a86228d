package no.spor.tenancy;

/// A change that was refused.
public class TenancyException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String problem;

  /// @param problem stable, lower-case, hyphenated name
  /// @param detail a sentence a person can act on; nothing personal
  public TenancyException(String problem, String detail) {
    super(detail);
    this.problem = problem;
  }

  public String problem() {
    return problem;
  }
}
