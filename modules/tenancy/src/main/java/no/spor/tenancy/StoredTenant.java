package no.spor.tenancy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import no.spor.activity.RetentionPeriod;
import no.spor.tenancy.TenancyEvent.CatalogueChanged;
import no.spor.tenancy.TenancyEvent.TenantCreated;

/// A tenant as the registry keeps it. Immutable.
///
/// @param version the catalogue's
/// @param document as last put; `{}` at first
/// @param policies all policy versions by class, ascending from 1
record StoredTenant(
    String id,
    String name,
    Instant createdAt,
    int version,
    String document,
    Map<String, List<StoredPolicy>> policies) {

  record StoredPolicy(String period, Instant since) {}

  static StoredTenant created(TenantCreated event, Instant at) {
    return new StoredTenant(
        event.tenant(), event.name(), at, 1, "{}", with(Map.of(), event.policies(), at));
  }

  StoredTenant changed(CatalogueChanged event, Instant at) {
    return new StoredTenant(
        id,
        name,
        createdAt,
        event.version(),
        event.document(),
        with(policies, event.policies(), at));
  }

  /// @return every version of every class; shipped classes that came after the tenant's last change
  ///   stand at version 1
  Map<String, List<PolicyVersion>> history() {
    Map<String, List<PolicyVersion>> history = new TreeMap<>();
    ShippedCatalogue.retention()
        .forEach(
            (name, period) -> history.put(name, List.of(new PolicyVersion(1, period, createdAt))));
    policies.forEach((name, stored) -> {
      List<PolicyVersion> versions = new ArrayList<>();
      for (StoredPolicy policy : stored) {
        RetentionPeriod period = Periods.read(policy.period(), name);
        versions.add(new PolicyVersion(versions.size() + 1, period, policy.since()));
      }
      history.put(name, List.copyOf(versions));
    });
    return history;
  }

  private static Map<String, List<StoredPolicy>> with(
      Map<String, List<StoredPolicy>> before, Map<String, String> changed, Instant at) {
    Map<String, List<StoredPolicy>> after = new TreeMap<>(before);
    changed.forEach((name, period) -> {
      List<StoredPolicy> versions = new ArrayList<>(after.getOrDefault(name, List.of()));
      versions.add(new StoredPolicy(period, at));
      after.put(name, List.copyOf(versions));
    });
    return after;
  }
}
