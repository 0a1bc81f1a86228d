package no.spor.recording;

/// The request as a whole is refused; nothing of it was recorded.
public class RejectedRequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Problem problem;

  public RejectedRequestException(Problem problem) {
    super(problem.slug());
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
