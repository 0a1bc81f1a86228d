package no.spor.tenancy;

import java.util.Map;
import org.axonframework.eventsourcing.annotation.EventTag;
import org.axonframework.messaging.eventhandling.annotation.Event;
import org.jspecify.annotations.Nullable;

/// What happens to tenants, keys and catalogues. These are the payloads of control records in the
/// stream `spor`; their members are a format: members are added, never renamed.
sealed interface TenancyEvent {
  String NAMESPACE = "spor";

  /// @return id of the API key on whose behalf it was done; null for the operator at the machine
  @Nullable String by();

  /// @param policies each class's period at policy version 1
  @Event(namespace = NAMESPACE, name = "tenant-created")
  record TenantCreated(
      @EventTag(key = "tenant") String tenant,
      String name,
      Map<String, String> policies,
      @Nullable String by)
      implements TenancyEvent {}

  /// @param version the catalogue's, from now on
  /// @param document as it came in
  /// @param policies periods of the classes that are new or changed: each begins a policy version
  @Event(namespace = NAMESPACE, name = "catalogue-changed")
  record CatalogueChanged(
      @EventTag(key = "tenant") String tenant,
      int version,
      String document,
      Map<String, String> policies,
      @Nullable String by)
      implements TenancyEvent {}

  /// @param keyring whose keys: `tenant:…` or `*`
  /// @param tenant null for the operator's
  /// @param hash see [KeySecret#hash]
  @Event(namespace = NAMESPACE, name = "key-created")
  record KeyCreated(
      @EventTag(key = "key") String key,
      @EventTag(key = "keyring") String keyring,
      String role,
      @Nullable String tenant,
      String name,
      String hash,
      @Nullable String by)
      implements TenancyEvent {}

  @Event(namespace = NAMESPACE, name = "key-revoked")
  record KeyRevoked(
      @EventTag(key = "key") String key,
      @EventTag(key = "keyring") String keyring,
      @Nullable String by)
      implements TenancyEvent {}

  /// The keyring of the operator's keys. A sign, not a word: it lies in clear, where a search for
  /// the names of people shall find nothing.
  String OPERATOR = "*";

  static String keyring(@Nullable String tenant) {
    return tenant == null ? OPERATOR : "tenant:" + tenant;
  }
}
