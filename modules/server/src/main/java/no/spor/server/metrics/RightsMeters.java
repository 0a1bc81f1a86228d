package no.spor.server.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import no.spor.rights.ErasureRequest;
import no.spor.rights.ErasureRequest.State;
import no.spor.server.Node;
import org.springframework.stereotype.Component;

/// Requests of people about their data: how many, in which state, and how long there is to answer
/// the most urgent one (GDPR Art. 12(3)). Counts alone; no request, tenant or person is told apart.
@Component
final class RightsMeters implements MeterBinder {
  private static final Set<State> ANSWERED = Set.of(State.REJECTED, State.COMPLETED);

  private final Node node;
  private final InstantSource clock = InstantSource.system();

  RightsMeters(Node node) {
    this.node = node;
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    for (State state : State.values()) {
      Gauge.builder(
              "spor.rights.requests",
              node,
              observed -> requests().stream().filter(one -> one.state() == state).count())
          .description("requests for erasure, by state")
          .tag("state", state.label())
          .register(meters);
    }
    Gauge.builder("spor.rights.held.requests", node, observed -> held())
        .description("open requests that a legal hold keeps from being approved")
        .register(meters);
    Gauge.builder("spor.rights.nearest.deadline.seconds", node, observed -> nearest())
        .description("until the first open request is due; negative once it is over, +Inf for none")
        .register(meters);
    Gauge.builder("spor.rights.overdue.requests", node, observed -> overdue())
        .description("open requests of which the deadline is over")
        .register(meters);
  }

  private List<ErasureRequest> requests() {
    return node.erasureRequests().all();
  }

  private List<ErasureRequest> open() {
    return requests().stream().filter(one -> !ANSWERED.contains(one.state())).toList();
  }

  private double held() {
    return open().stream().filter(one -> one.held() != null).count();
  }

  private double nearest() {
    Instant now = clock.instant();
    return open().stream()
        .mapToDouble(one -> Duration.between(now, one.dueAt()).toMillis() / 1000.0)
        .min()
        .orElse(Double.POSITIVE_INFINITY);
  }

  private double overdue() {
    Instant now = clock.instant();
    return open().stream().filter(one -> one.dueAt().isBefore(now)).count();
  }
}
