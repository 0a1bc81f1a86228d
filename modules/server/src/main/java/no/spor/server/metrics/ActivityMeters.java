package no.spor.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import no.spor.recording.RecordingObserver;
import no.spor.server.SporSettings;
import no.spor.tenancy.ShippedCatalogue;
import no.spor.tenancy.Tenancy;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/// Counts what was recorded by type, and by tenant where that is switched on
/// (`spor.metrics.tenants`). Labels are bounded: a type gets one if a catalogue has it, the first
/// 200 of them; a tenant, the first so many. All else is `other`: what an emitter makes up never
/// becomes a label.
@Component
public final class ActivityMeters implements RecordingObserver {
  static final String OTHER = "other";
  private static final int MOST_TYPES = 200;

  private final MeterRegistry meters;
  private final Names types;
  private final Names tenants;
  private final ObjectProvider<Tenancy> tenancy;
  private final boolean byTenant;
  private final Map<Series, Counter> counters = new ConcurrentHashMap<>();

  private record Series(String type, String tenant) {}

  ActivityMeters(MeterRegistry meters, SporSettings settings, ObjectProvider<Tenancy> tenancy) {
    this.meters = meters;
    this.tenancy = tenancy;
    types = new Names(MOST_TYPES);
    tenants = new Names(settings.metrics().tenants());
    byTenant = settings.metrics().tenants() > 0;
    ShippedCatalogue.types().keySet().forEach(type -> counter(types.of(type, name -> true), ""));
  }

  @Override
  public void recorded(String tenant, String type) {
    String named = types.of(type, name -> inCatalogue(tenant, name));
    counter(named, byTenant ? tenants.of(tenant, name -> true) : "").increment();
  }

  private boolean inCatalogue(String tenant, String type) {
    return tenancy
        .getObject()
        .catalogue(tenant)
        .map(catalogue -> catalogue.types().containsKey(type))
        .orElse(false);
  }

  private Counter counter(String type, String tenant) {
    return counters.computeIfAbsent(
        new Series(type, tenant),
        series ->
            Counter.builder("spor.activity.events")
                .description("events recorded, duplicates left out")
                .tags(byTenant ? Tags.of("tenant", series.tenant()) : Tags.empty())
                .tag("type", series.type())
                .register(meters));
  }

  /// The first so many names that were let in.
  private static final class Names {
    private final int most;
    private final Map<String, String> known = new ConcurrentHashMap<>();

    Names(int most) {
      this.most = most;
    }

    String of(String name, Predicate<String> fits) {
      String found = known.get(name);
      if (found != null) {
        return found;
      }
      if (known.size() >= most || !fits.test(name)) {
        return OTHER;
      }
      known.put(name, name);
      return name;
    }
  }
}
