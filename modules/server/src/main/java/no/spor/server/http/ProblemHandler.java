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
import no.spor.tenancy.RegistryBehindException;
import no.spor.tenancy.TenancyException;
import no.spor.vault.KeysUnavailableException;
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
  private static final Logger LOG = System.getLogger(ProblemHandler.class.getName());

  @ExceptionHandler(Exception.class)
  void handle(Exception failure, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    switch (cause) {
      case ProblemException problem ->
          Problems.send(response, problem.problem(), problem.retryAfterSeconds());
      case RejectedRequestException rejected -> Problems.send(response, rejected.problem(), null);
      case InvalidQueryException invalid ->
          Problems.send(
              response,
              new Problem("invalid-query", 422, String.valueOf(invalid.getMessage())),
              null);
      case TenancyException refused -> Problems.send(response, tenancy(refused), null);
      case LedgerBusyException busy ->
          Problems.send(
              response,
              new Problem(
                  "too-busy",
                  429,
                  "The queue is full; nothing was recorded. Send it again after a while."),
              Math.max(1, busy.retryAfter().toSeconds()));
      case LedgerStoreException unavailable -> {
        LOG.log(
            Level.ERROR,
            "the ledger's store did not take a write or a read: {0}",
            unavailable.getMessage());
        unavailable(
            response,
            "The store cannot be written or read now; what has no answer was not recorded. Send it again later.",
            5);
      }
      case LedgerOutcomeUnknownException unknown -> {
        LOG.log(Level.ERROR, "a write's outcome is not known: {0}", unknown.getMessage());
        unavailable(
            response,
            "It cannot be said whether it was recorded. Send it again: an event is recorded once.",
            5);
      }
      case KeysUnavailableException unknown -> {
        LOG.log(Level.ERROR, "the key store cannot say: {0}", unknown.getMessage());
        unavailable(
            response,
            "The key store cannot be read, or is behind the ledger; nothing was recorded or shown.",
            5);
      }
      case RegistryBehindException behind -> {
        LOG.log(Level.ERROR, "the registry cannot follow the ledger: {0}", behind.getMessage());
        unavailable(
            response, "Who may come in cannot be said now; nothing was recorded or shown.", 5);
      }
      case CommandConflictException ignored ->
          unavailable(
              response,
              "Others changed the same at the same time; nothing was changed. Send it again.",
              1);
      case HttpRequestMethodNotSupportedException ignored ->
          Problems.send(
              response,
              new Problem("method-not-allowed", 405, "This address does not know that method."),
              null);
      case HttpMediaTypeNotSupportedException ignored ->
          Problems.send(
              response,
              new Problem(
                  "unsupported-media-type", 415, "This address does not take that media type."),
              null);
      case HttpMediaTypeNotAcceptableException ignored ->
          Problems.send(response, new Problem("not-acceptable", 406, "Answers are JSON."), null);
      case NoResourceFoundException ignored ->
          Problems.send(
              response, new Problem("not-found", 404, "There is nothing at this address."), null);
      case org.springframework.web.ErrorResponse other ->
          Problems.send(
              response,
              new Problem(
                  "bad-request",
                  other.getStatusCode().value(),
                  "The request is not as this address takes it."),
              null);
      case IOException gone ->
          LOG.log(Level.DEBUG, "a client went away: {0}", gone.getClass().getName());
      default -> unexpected(cause, response);
    }
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

  private static void unavailable(
      HttpServletResponse response, String detail, long retryAfterSeconds) throws IOException {
    Problems.send(response, new Problem("temporarily-unavailable", 503, detail), retryAfterSeconds);
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
