package no.spor.server.http;

import no.spor.recording.Problem;
import org.jspecify.annotations.Nullable;

/// Ends a request with a problem document (RFC 9457).
class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Problem problem;
  private final @Nullable Long retryAfterSeconds;

  ProblemException(int status, String slug, String detail) {
    this(new Problem(slug, status, detail), null);
  }

  ProblemException(Problem problem, @Nullable Long retryAfterSeconds) {
    super(problem.slug(), null, false, false);
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  Problem problem() {
    return problem;
  }

  @Nullable Long retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /// The answer for what is not there and for what belongs to another tenant, alike.
  static ProblemException notFound(String what) {
    return new ProblemException(404, "not-found", "There is no such " + what + ".");
  }
}
