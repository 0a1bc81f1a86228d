package no.spor.rights;

/// What became of a [RightsCommand]. A refusal is an answer, not a failure: Axon logs failures.
sealed interface Decision {
  /// @param changed whether anything had to be recorded
  record Done(boolean changed) implements Decision {}

  record Refused(RightsException why) implements Decision {}

  Decision CHANGED = new Done(true);
  Decision UNCHANGED = new Done(false);

  static Decision refused(String problem, String detail) {
    return new Refused(new RightsException(problem, detail));
  }
}
