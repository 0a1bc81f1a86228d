package no.spor.tenancy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import no.spor.activity.Catalogue;
import org.jspecify.annotations.Nullable;

/// Knows who may come in: tenants, API keys, catalogues. Every change is an event in the ledger
/// (stream `spor`, control records); what is asked here is answered from the registry, which
/// follows the flagged blocks. Thread-safe. A change is durable and visible on this node when its
/// call returns.
public interface Tenancy {
  /// @param id 1 to 63 of `a-z`, `0-9`, `-`, beginning with a letter or digit; `spor` is taken
  /// @throws TenancyException `tenant-exists`, `invalid-tenant-id`
  Tenant createTenant(String id, String name);

  Optional<Tenant> tenant(String id);

  List<Tenant> tenants();

  record Tenant(String id, String name, Instant createdAt) {}

  /// @param tenant null for an operator's key
  /// @throws TenancyException `no-such-tenant`
  NewKey createKey(AccessRole role, @Nullable String tenant, String name);

  /// @param secret `spor_…`: shown once, stored only as a hash
  record NewKey(String id, String secret) {
    @Override
    public String toString() {
      return "NewKey[" + id + "]";
    }
  }

  /// @return true where it was there and is revoked now; a tenant's caller cannot revoke another's
  boolean revokeKey(String id, @Nullable String onlyTenant);

  /// @param onlyTenant null for all
  List<KeyInfo> keys(@Nullable String onlyTenant);

  record KeyInfo(
      String id,
      AccessRole role,
      @Nullable String tenant,
      String name,
      Instant createdAt,
      @Nullable Instant revokedAt) {}

  /// Constant time in the secret. @return empty for anything that is not a living key
  Optional<Access> authenticate(String bearer);

  /// @return the tenant's catalogue now; empty for an unknown tenant
  Optional<Catalogue> catalogue(String tenant);

  /// Own types and periods of the tenant, on top of the shipped ones; the whole document replaces
  /// the former one.
  ///
  /// @param document YAML or JSON as in the contract: `types`, `retention`, `unknownTypes`
  /// @throws TenancyException `invalid-catalogue` with what is wrong and where
  Catalogue putCatalogue(String tenant, String document);

  /// @return the tenant's own document as last put; `{}` at first
  String catalogueDocument(String tenant);
}
