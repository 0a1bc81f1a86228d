package no.spor.rights;

/// What was asked for was refused; nothing was changed.
public final class RightsException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String problem;

  /// @param problem stable, lower-case, hyphenated name
  /// @param detail a sentence a person can act on; nothing personal
  RightsException(String problem, String detail) {
    super(detail);
    this.problem = problem;
  }

  /// @return `no-such-request`, `no-such-tenant`, `identity-not-verified`, `legal-hold`,
  ///   `request-rejected`, `request-approved`, `extension-out-of-bounds`, `person-not-erased`,
  ///   `not-completed`, `invalid-request`
  public String problem() {
    return problem;
  }
}
