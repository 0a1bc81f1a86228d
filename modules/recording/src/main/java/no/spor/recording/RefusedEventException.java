package no.spor.recording;

/// One event cannot be recorded as it is. Without a stack trace: it is an answer, not a failure.
final class RefusedEventException extends Exception {
  private static final long serialVersionUID = 1L;
  private final transient Problem problem;

  RefusedEventException(Problem problem) {
    super(problem.slug(), null, false, false);
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
