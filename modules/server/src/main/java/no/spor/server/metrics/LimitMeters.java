package no.spor.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import org.springframework.stereotype.Component;

/// Who was told to slow down, or cut off for being too slow.
@Component
public final class LimitMeters {
  /// What there was too much of.
  public enum Limit {
    /// requests of one key
    REQUESTS,
    /// events of one key
    EVENTS,
    /// request bodies in memory
    BODIES
  }

  /// What took too long.
  public enum Cut {
    /// the head of a request
    HEAD,
    /// its body
    BODY,
    /// all of it, the answer included
    REQUEST
  }

  private final Counter[] limited = new Counter[Limit.values().length];
  private final Counter[] cut = new Counter[Cut.values().length];

  LimitMeters(MeterRegistry meters) {
    for (Limit one : Limit.values()) {
      limited[one.ordinal()] =
          Counter.builder("spor.http.limited.requests")
              .description("requests that got 429 because of a limit, by limit")
              .tag("limit", one.name().toLowerCase(Locale.ROOT))
              .register(meters);
    }
    for (Cut one : Cut.values()) {
      cut[one.ordinal()] =
          Counter.builder("spor.http.cut.requests")
              .description("requests that were cut off because they came too slowly, by part")
              .tag("part", one.name().toLowerCase(Locale.ROOT))
              .register(meters);
    }
  }

  public void limited(Limit limit) {
    limited[limit.ordinal()].increment();
  }

  public void cut(Cut part) {
    cut[part.ordinal()].increment();
  }
}
