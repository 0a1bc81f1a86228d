package no.spor.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/// What comes in at `POST /v1/events`. Outcomes are `recorded`, `duplicate` and the slugs of
/// problems, which are a closed list.
@Component
public final class IngestMeters {
  private final MeterRegistry meters;
  private final Map<String, Counter> events = new ConcurrentHashMap<>();
  private final Map<String, Counter> refusals = new ConcurrentHashMap<>();
  private final Map<String, Timer> requests = new ConcurrentHashMap<>();
  private final Counter bytes;

  IngestMeters(MeterRegistry meters) {
    this.meters = meters;
    bytes =
        Counter.builder("spor.ingest.bytes")
            .description("bytes of request bodies that were taken in")
            .register(meters);
    event("recorded");
    event("duplicate");
    request("answered");
  }

  public void bytes(long count) {
    bytes.increment(count);
  }

  /// Something became of events.
  public void events(String outcome, long count) {
    event(outcome).increment(count);
  }

  /// A request was answered with one result per event.
  public void answered(long nanos) {
    request("answered").record(nanos, TimeUnit.NANOSECONDS);
  }

  /// A request was refused, or failed, as a whole.
  ///
  /// @param reason the slug of the problem
  public void refused(String reason, long nanos) {
    request("refused").record(nanos, TimeUnit.NANOSECONDS);
    refusals
        .computeIfAbsent(
            reason,
            slug ->
                Counter.builder("spor.ingest.refused.requests")
                    .description("requests to record that were refused as a whole, by reason")
                    .tag("reason", slug)
                    .register(meters))
        .increment();
  }

  private Counter event(String outcome) {
    return events.computeIfAbsent(
        outcome,
        named ->
            Counter.builder("spor.ingest.events")
                .description("events that came in, by what became of them")
                .tag("outcome", named)
                .register(meters));
  }

  private Timer request(String outcome) {
    return requests.computeIfAbsent(
        outcome,
        named ->
            Timer.builder("spor.ingest.request")
                .description("time from the request's head to its durable answer")
                .tag("outcome", named)
                .serviceLevelObjectives(
                    Durations.millis(1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000))
                .register(meters));
  }
}
