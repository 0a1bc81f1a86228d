package no.spor.server.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionException;
import no.spor.insight.InvalidQueryException;
import no.spor.ledger.LedgerBusyException;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.axon.CommandConflictException;
import no.spor.recording.Problem;
import no.spor.recording.RejectedRequestException;
import no.spor.rights.RightsException;
import no.spor.storage.mongodb.MongoStoreException;
import no.spor.tenancy.RegistryBehindException;
import no.spor.tenancy.TenancyException;
import no.spor.vault.KeysUnavailableException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/// Turns every failure into a problem document. What is logged of an unexpected one is its class
/// and where it arose, never its message: that could quote a value.
@RestControllerAdvice
class ProblemHandler {
  private static final long RETRY_SECONDS = 5;
  private static final Logger LOG = System.getLogger(ProblemHandler.class.getName());

  @ExceptionHandler(Exception.class)
  void handle(Exception failure, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Throwable cause = cause(failure);
    Problem refusal = refusal(cause);
    if (cause instanceof HttpRequestMethodNotSupportedException other
        && other.getSupportedMethods() != null) {
      response.setHeader("Allow", String.join(", ", other.getSupportedMethods()));
    }
    if (refusal != null) {
      Problems.send(response, refusal, null);
      return;
    }
    switch (cause) {
      case ProblemException problem ->
          Problems.send(response, problem.problem(), problem.retryAfterSeconds());
      case LedgerBusyException busy ->
          Problems.send(
              response,
              new Problem(
                  "too-busy",
                  429,
                  "The queue is full; what has no answer was not recorded. Send it again later."),
              Math.max(1, busy.retryAfter().toSeconds()));
      case IOException gone -> {
        LOG.log(Level.DEBUG, "a client went away: {0}", gone.getClass().getName());
        // Whoever is still there must not take silence for success.
        if (!response.isCommitted()) {
          Problems.send(
              response,
              new Problem(
                  "temporarily-unavailable",
                  503,
                  "The request did not arrive whole; nothing was recorded. Send it again."),
              RETRY_SECONDS);
        }
      }
      default -> {
        String unavailable = unavailable(cause);
        if (unavailable == null) {
          unexpected(cause, response);
        } else {
          LOG.log(
              Level.ERROR,
              "a request could not be served: {0}: {1}",
              cause.getClass().getName(),
              cause.getMessage());
          Problems.send(
              response, new Problem("temporarily-unavailable", 503, unavailable), RETRY_SECONDS);
        }
      }
    }
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /// @return the slug of the problem that a failure is answered with; `client-gone` where nobody is
  ///   there to be answered
  static String slug(Throwable failure) {
    Throwable cause = cause(failure);
    Problem refusal = refusal(cause);
    if (refusal != null) {
      return refusal.slug();
    }
    return switch (cause) {
      case ProblemException problem -> problem.problem().slug();
      case LedgerBusyException ignored -> "too-busy";
      case IOException ignored -> "client-gone";
      default -> unavailable(cause) == null ? "internal-error" : "temporarily-unavailable";
    };
  }

  /// @return the problem of a request that is itself to blame, or null
  private static @Nullable Problem refusal(Throwable cause) {
    return switch (cause) {
      case RejectedRequestException rejected -> rejected.problem();
      case InvalidQueryException invalid ->
          new Problem("invalid-query", 422, String.valueOf(invalid.getMessage()));
      case TenancyException refused -> tenancy(refused);
      case RightsException refused -> rights(refused);
      case HttpRequestMethodNotSupportedException ignored ->
          new Problem("method-not-allowed", 405, "This address does not know that method.");
      case HttpMediaTypeNotSupportedException ignored ->
          new Problem("unsupported-media-type", 415, "This address does not take that media type.");
      case HttpMediaTypeNotAcceptableException ignored ->
          new Problem("not-acceptable", 406, "Answers are JSON.");
      case NoResourceFoundException ignored ->
          new Problem("not-found", 404, "There is nothing at this address.");
      case ErrorResponse other ->
          new Problem(
              "bad-request",
              other.getStatusCode().value(),
              "The request is not as this address takes it.");
      default -> null;
    };
  }

  /// @return what to tell a client whose request can be repeated when the server has recovered, or
  ///   null
  private static @Nullable String unavailable(Throwable cause) {
    return switch (cause) {
      case LedgerStoreException ignored ->
          "The store cannot be written or read now; what has no answer was not recorded. Send it"
              + " again later.";
      case LedgerOutcomeUnknownException ignored ->
          "It cannot be said whether it was recorded. Send it again: an event is recorded once.";
      case MongoStoreException ignored -> "The views cannot be read now. Ask again later.";
      case KeysUnavailableException ignored ->
          "The key store cannot be read, or is behind the ledger; nothing was recorded or shown.";
      case RegistryBehindException ignored ->
          "Who may come in cannot be said now; nothing was recorded or shown.";
      case CommandConflictException ignored ->
          "Others changed the same at the same time; nothing was changed. Send it again.";
      default -> null;
    };
  }

  private static Problem tenancy(TenancyException refused) {
    int status =
        switch (refused.problem()) {
          case "tenant-exists", "last-administrator" -> 409;
          case "no-such-tenant" -> 404;
          default -> 422;
        };
    return new Problem(refused.problem(), status, String.valueOf(refused.getMessage()));
  }

  private static Problem rights(RightsException refused) {
    int status =
        switch (refused.problem()) {
          case "no-such-request" -> 404;
          case "invalid-request", "extension-out-of-bounds" -> 422;
          default -> 409;
        };
    return new Problem(refused.problem(), status, String.valueOf(refused.getMessage()));
  }

  private static void unexpected(Throwable cause, HttpServletResponse response) throws IOException {
    StringBuilder where = new StringBuilder();
    for (Throwable one = cause; one != null && where.length() < 4000; one = one.getCause()) {
      where.append(one.getClass().getName());
      StackTraceElement[] trace = one.getStackTrace();
      for (int i = 0; i < Math.min(12, trace.length); i++) {
        where.append("\n    at ").append(trace[i]);
      }
      where.append('\n');
    }
    LOG.log(
        Level.ERROR, "unexpected failure (messages left out, they could quote values): {0}", where);
    Problems.send(
        response,
        new Problem(
            "internal-error", 500, "Something unexpected happened; the server's log says where."),
        null);
  }
}
