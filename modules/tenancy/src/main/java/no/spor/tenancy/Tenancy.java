package no.spor.tenancy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import no.spor.activity.Catalogue;
import org.jspecify.annotations.Nullable;

/// Knows who may come in: tenants, API keys, catalogues. Every change is an event in the ledger
/// (stream `spor`, control records); what is asked here is answered from the registry, which
/// follows the flagged blocks. Thread-safe. A change is durable and visible on this node when its
/// call returns.
///
/// Every method throws [RegistryBehindException] where this node's registry cannot follow the
/// ledger. Changes also throw what the ledger throws: busy, store unavailable, outcome unknown.
public interface Tenancy {
  /// @return the same, but what is changed through it is recorded as done by that access; without
  ///   one, as done by the operator at the machine
  Tenancy onBehalfOf(Access access);

  /// @param id 1 to 63 of `a-z`, `0-9`, `-`, beginning with a letter or digit; `spor` is taken
  /// @param name 1 to 200 printable characters
  /// @throws TenancyException `tenant-exists`, `invalid-tenant-id`, `invalid-tenant-name`
  Tenant createTenant(String id, String name);

  Optional<Tenant> tenant(String id);

  List<Tenant> tenants();

  record Tenant(String id, String name, Instant createdAt) {}

  /// @param tenant null for an operator's key
  /// @param name what the key is for, up to 200 printable characters; free text that stays for
  ///   good, so name services and duties, not people
  /// @throws TenancyException `no-such-tenant`, `invalid-key-name`
  NewKey createKey(AccessRole role, @Nullable String tenant, String name);

  /// @param secret `spor_…`: shown once, stored only as a hash
  record NewKey(String id, String secret) {
    @Override
    public String toString() {
      return "NewKey[" + id + "]";
    }
  }

  /// @return true where it was there and is revoked now; a tenant's caller cannot revoke another's
  /// @throws TenancyException `last-administrator` for the operator's only living administrator key
  boolean revokeKey(String id, @Nullable String onlyTenant);

  /// Makes the operator's first administrator key, where the operator has never had one: at the
  /// first start.
  ///
  /// @return the key, once; empty ever after, even where that key is lost (make another at the
  ///   machine with [#createKey])
  Optional<NewKey> ensureAdministrator();

  /// @param onlyTenant null for all
  List<KeyInfo> keys(@Nullable String onlyTenant);

  record KeyInfo(
      String id,
      AccessRole role,
      @Nullable String tenant,
      String name,
      Instant createdAt,
      @Nullable Instant revokedAt) {}

  /// Constant time in the secret, O(1), in memory: each request pays for it.
  ///
  /// @param bearer what follows `Bearer ` in the request
  /// @return empty for anything that is not a living key
  Optional<Access> authenticate(String bearer);

  /// @return the tenant's catalogue now; empty for an unknown tenant
  Optional<Catalogue> catalogue(String tenant);

  /// Own types and periods of the tenant, on top of the shipped ones; the whole document replaces
  /// the former one.
  ///
  /// @param document YAML or JSON as in the contract: `types`, `retention`, `unknownTypes`,
  ///   `inactiveAccounts`
  /// @throws TenancyException `invalid-catalogue` with what is wrong and where
  ///   ([InvalidCatalogueException]), `no-such-tenant`
  Catalogue putCatalogue(String tenant, String document);

  /// @return the tenant's own document as last put; `{}` at first
  /// @throws TenancyException `no-such-tenant`
  String catalogueDocument(String tenant);

  /// @return all policy versions of all retention classes that the tenant ever had, by class,
  ///   ascending from 1; see [PolicyVersion#endOf]
  /// @throws TenancyException `no-such-tenant`
  Map<String, List<PolicyVersion>> policies(String tenant);
}
