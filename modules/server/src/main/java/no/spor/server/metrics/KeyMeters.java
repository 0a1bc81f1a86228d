package no.spor.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import no.spor.server.Node;
import no.spor.vault.KeyStore.Census;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Meters of how many keys there are. They are counted at most once a minute, however often
/// somebody looks. Tenants can make classes of their own: those count as `other`. Thread-safe.
@Component
final class KeyMeters implements MeterBinder {
  private static final long FRESH_NANOS = Duration.ofMinutes(1).toNanos();
  private static final String OTHER = "other";
  private static final Set<String> CLASSES = Set.of("session", "operations", "history", "account");

  private final Node node;
  private @Nullable Census known;
  private long countedAt;

  KeyMeters(Node node) {
    this.node = node;
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    for (String retention : CLASSES) {
      expired(meters, retention);
    }
    expired(meters, OTHER);
    if (now() == null) {
      return;
    }
    people(meters, "living", Census::people);
    people(meters, "erased", Census::fences);
    for (String retention : CLASSES) {
      periods(meters, retention);
    }
    periods(meters, OTHER);
  }

  private void expired(MeterRegistry meters, String retention) {
    FunctionCounter.builder(
            "spor.keys.expired", node, observed -> of(observed.expiredKeys(), retention))
        .description("keys of days that were destroyed by expiry since the start")
        .tag("class", retention)
        .register(meters);
  }

  private void people(MeterRegistry meters, String state, ToDoubleFunction<Census> figure) {
    gauge(
        "spor.keys.people", figure, meters, "state", state, "people who have keys, or are erased");
  }

  private void periods(MeterRegistry meters, String retention) {
    gauge(
        "spor.keys.periods",
        census -> of(census.periods(), retention),
        meters,
        "class",
        retention,
        "keys of days that stand");
  }

  private void gauge(
      String name,
      ToDoubleFunction<Census> figure,
      MeterRegistry meters,
      String label,
      String value,
      String description) {
    Gauge.builder(
            name,
            this,
            counted -> {
              Census census = counted.now();
              return census == null ? Double.NaN : figure.applyAsDouble(census);
            })
        .description(description)
        .tag(label, value)
        .register(meters);
  }

  private static double of(Map<String, Long> counts, String retention) {
    return counts.entrySet().stream()
        .filter(one -> (CLASSES.contains(one.getKey()) ? one.getKey() : OTHER).equals(retention))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private synchronized @Nullable Census now() {
    long now = System.nanoTime();
    if (known == null || now - countedAt > FRESH_NANOS) {
      try {
        known = node.keyCensus().orElse(null);
      } catch (RuntimeException unreachable) {
        known = null; // `spor_keys_ready` says so
      }
      countedAt = now;
    }
    return known;
  }
}
