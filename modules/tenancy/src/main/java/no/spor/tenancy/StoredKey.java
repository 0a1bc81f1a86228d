package no.spor.tenancy;

import java.time.Instant;
import no.spor.tenancy.TenancyEvent.KeyCreated;
import org.jspecify.annotations.Nullable;

/// An API key as the registry keeps it. Immutable.
///
/// @param hash see [KeySecret#hash], base64url
record StoredKey(
    String id,
    AccessRole role,
    @Nullable String tenant,
    String name,
    String hash,
    Instant createdAt,
    @Nullable Instant revokedAt) {

  static StoredKey created(KeyCreated event, Instant at) {
    return new StoredKey(
        event.key(),
        AccessRole.ofLabel(event.role()),
        event.tenant(),
        event.name(),
        event.hash(),
        at,
        null);
  }

  StoredKey revoked(Instant at) {
    return new StoredKey(
        id, role, tenant, name, hash, createdAt, revokedAt == null ? at : revokedAt);
  }

  Tenancy.KeyInfo info() {
    return new Tenancy.KeyInfo(id, role, tenant, name, createdAt, revokedAt);
  }

  @Override
  public String toString() {
    return "StoredKey[" + id + "]";
  }
}
