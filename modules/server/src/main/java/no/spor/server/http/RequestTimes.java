package no.spor.server.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.ServerHttpObservationFilter;

/// Times requests (`http.server.requests`): as Spring does it, but `POST /v1/events` with less ado.
/// Making up the same six labels anew for each event costs more than authenticating who sends it.
/// Takes the place of Spring's own filter.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class RequestTimes extends ServerHttpObservationFilter {
  private static final String FAILURE = RequestTimes.class.getName();
  private static final String NONE = "none";

  private record Outcome(int status, String failure) {}

  private final MeterRegistry meters;
  private final ConcurrentMap<Outcome, Timer> timers = new ConcurrentHashMap<>();

  RequestTimes(ObservationRegistry observations, MeterRegistry meters) {
    super(observations);
    this.meters = meters;
  }

  /// Says that a request to record ended with a failure, which the handler has answered.
  static void failed(HttpServletRequest request, Throwable failure) {
    request.setAttribute(FAILURE, failure.getClass().getSimpleName());
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!request.getMethod().equals("POST")
        || !request.getServletPath().equals(EventsServlet.PATH)) {
      super.doFilterInternal(request, response, chain);
      return;
    }
    long begun = System.nanoTime();
    try {
      chain.doFilter(request, response);
    } catch (Exception | Error failure) {
      time(500, failure.getClass().getSimpleName(), begun);
      throw failure;
    }
    int status = response.getStatus();
    Object failure = status < 400 ? null : request.getAttribute(FAILURE);
    time(status, failure instanceof String name ? name : NONE, begun);
  }

  private void time(int status, String failure, long begun) {
    timers
        .computeIfAbsent(new Outcome(status, failure), this::timer)
        .record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
  }

  private Timer timer(Outcome outcome) {
    HttpStatus.Series series = HttpStatus.Series.resolve(outcome.status());
    String kind =
        switch (series) {
          case SUCCESSFUL -> "SUCCESS";
          case null -> "UNKNOWN";
          default -> series.name();
        };
    return Timer.builder("http.server.requests")
        .tag("error", outcome.failure())
        .tag("exception", outcome.failure())
        .tag("method", "POST")
        .tag("outcome", kind)
        .tag("status", Integer.toString(outcome.status()))
        .tag("uri", EventsServlet.PATH)
        .register(meters);
  }
}
