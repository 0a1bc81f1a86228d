package no.spor.server;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import no.spor.insight.Timeline;
import no.spor.ledger.Ledger;
import org.springframework.stereotype.Component;

/// What is measured of the rooms. No label carries a person or a tenant.
@Component
class Gauges implements MeterBinder {
  private final Ledger ledger;
  private final Timeline timeline;

  Gauges(Ledger ledger, Timeline timeline) {
    this.ledger = ledger;
    this.timeline = timeline;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("spor.ledger.events", ledger, Ledger::size)
        .description("events in the ledger")
        .register(registry);
    Gauge.builder("spor.timeline.behind.events", timeline, Timeline::behind)
        .description("events that are in the ledger and not yet in the timeline")
        .register(registry);
  }
}
