package no.spor.ledger;

/// Why an [Admission] refused a draft.
///
/// @param reason a stable, lower-case, hyphenated name (for instance `person-erased`); nothing
///   personal
public record Refusal(String reason) {
  /// The [Admission] threw.
  public static final Refusal ADMISSION_FAILED = new Refusal("admission-failed");
}
