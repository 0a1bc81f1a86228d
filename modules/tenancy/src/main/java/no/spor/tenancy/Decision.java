package no.spor.tenancy;

/// What became of a [TenancyCommand]. A refusal is an answer, not a failure: Axon logs failures.
sealed interface Decision {
  /// @param changed whether anything had to be recorded
  record Done(boolean changed) implements Decision {}

  record Refused(TenancyException why) implements Decision {}

  Decision CHANGED = new Done(true);
  Decision UNCHANGED = new Done(false);

  static Decision refused(String problem, String detail) {
    return new Refused(new TenancyException(problem, detail));
  }
}
