package no.spor.tenancy;

import java.util.List;
import no.spor.tenancy.RegistryStore.Entry;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Writes and reads the registry's entries: JSON.
final class RegistryEntries {
  /// Grows with each change of the stored forms: the registry is then rebuilt.
  static final int FORM = 2;

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String TENANT = "tenant";
  private static final String KEY = "key";

  private RegistryEntries() {}

  /// @param stored a [StoredTenant] or [StoredKey]
  static Entry write(Object stored) {
    return switch (stored) {
      case StoredTenant tenant -> new Entry(TENANT, tenant.id(), JSON.writeValueAsBytes(tenant));
      case StoredKey key -> new Entry(KEY, key.id(), JSON.writeValueAsBytes(key));
      default -> throw new IllegalArgumentException("neither tenant nor key");
    };
  }

  /// @throws IllegalArgumentException where an entry cannot be read
  static void read(List<Entry> entries, RegistryState into) {
    for (Entry entry : entries) {
      try {
        switch (entry.kind()) {
          case TENANT -> into.put(JSON.readValue(entry.value(), StoredTenant.class));
          case KEY -> into.put(JSON.readValue(entry.value(), StoredKey.class));
          default -> throw new IllegalArgumentException("entry of unknown kind");
        }
      } catch (JacksonException | NullPointerException | TenancyException e) {
        throw new IllegalArgumentException("entry that cannot be read", e);
      }
    }
  }
}
