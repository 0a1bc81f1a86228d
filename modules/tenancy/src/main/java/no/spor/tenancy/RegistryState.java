package no.spor.tenancy;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import no.spor.activity.Catalogue;
import no.spor.activity.EventType;
import no.spor.activity.RetentionClass;
import no.spor.tenancy.TenancyEvent.CatalogueChanged;
import no.spor.tenancy.TenancyEvent.KeyCreated;
import no.spor.tenancy.TenancyEvent.KeyRevoked;
import no.spor.tenancy.TenancyEvent.TenantCreated;
import org.jspecify.annotations.Nullable;

/// What the registry knows, in memory. One thread changes it, any may read it.
final class RegistryState {
  private static final Logger LOG = System.getLogger(RegistryState.class.getName());
  private static final byte[] NOBODYS_HASH = new byte[32];

  /// A tenant with what is derived from its stored form.
  record KnownTenant(
      StoredTenant stored, Catalogue catalogue, Map<String, List<PolicyVersion>> policies) {}

  /// A key with what is derived from its stored form.
  ///
  /// @param access empty where the key is revoked
  record KnownKey(StoredKey stored, byte[] hash, Optional<Access> access) {}

  private final Map<String, KnownTenant> tenants = new ConcurrentHashMap<>();
  private final Map<String, KnownKey> keys = new ConcurrentHashMap<>();
  private final CatalogueReader reader = new CatalogueReader();

  @Nullable KnownTenant tenant(String id) {
    return tenants.get(id);
  }

  Collection<KnownTenant> tenants() {
    return tenants.values();
  }

  @Nullable KnownKey key(String id) {
    return keys.get(id);
  }

  Collection<KnownKey> keys() {
    return keys.values();
  }

  /// Takes as long for an unknown id as for a wrong secret, and as long for one wrong secret as for
  /// another.
  Optional<Access> authenticate(String bearer) {
    if (!KeySecret.wellFormed(bearer)) {
      return Optional.empty();
    }
    KnownKey known = keys.get(KeySecret.id(bearer));
    byte[] expected = known == null ? NOBODYS_HASH : known.hash;
    boolean right = MessageDigest.isEqual(KeySecret.hash(bearer), expected);
    return right && known != null ? known.access : Optional.empty();
  }

  /// @return the stored form of what it changed: a [StoredTenant] or [StoredKey]
  /// @throws IllegalStateException where the event does not fit what is known
  Object apply(TenancyEvent event, Instant at) {
    return switch (event) {
      case TenantCreated created -> put(StoredTenant.created(created, at));
      case CatalogueChanged changed ->
          put(required(tenants.get(changed.tenant()), "tenant").stored.changed(changed, at));
      case KeyCreated created -> put(StoredKey.created(created, at));
      case KeyRevoked revoked -> put(required(keys.get(revoked.key()), "key").stored.revoked(at));
    };
  }

  StoredTenant put(StoredTenant tenant) {
    Map<String, List<PolicyVersion>> history = tenant.history();
    tenants.put(
        tenant.id(),
        new KnownTenant(tenant, catalogue(tenant, history), Collections.unmodifiableMap(history)));
    return tenant;
  }

  StoredKey put(StoredKey key) {
    Optional<Access> access =
        key.revokedAt() == null
            ? Optional.of(new Access(key.id(), key.role(), key.tenant()))
            : Optional.empty();
    keys.put(key.id(), new KnownKey(key, KeySecret.decode(key.hash()), access));
    return key;
  }

  void clear() {
    tenants.clear();
    keys.clear();
  }

  private Catalogue catalogue(StoredTenant tenant, Map<String, List<PolicyVersion>> history) {
    Map<String, RetentionClass> classes = new TreeMap<>();
    history.forEach((name, versions) -> {
      PolicyVersion last = versions.getLast();
      classes.put(name, new RetentionClass(name, last.version(), last.period()));
    });
    CatalogueDocument own = own(tenant);
    Map<String, EventType> types = new TreeMap<>(ShippedCatalogue.types());
    types.putAll(own.types());
    return new Catalogue(
        tenant.version(),
        Collections.unmodifiableMap(types),
        Collections.unmodifiableMap(classes),
        own.unknownTypesPrivate(),
        own.inactiveAccounts());
  }

  /// A document was checked before it was recorded. Should a later program read more strictly, then
  /// the tenant's own types are unknown until it puts a better one: that errs towards refusing.
  private CatalogueDocument own(StoredTenant tenant) {
    try {
      return reader.read(tenant.document());
    } catch (InvalidCatalogueException e) {
      LOG.log(
          Level.ERROR,
          "The catalogue of tenant {0}, version {1}, cannot be read any more and is left out: {2}",
          tenant.id(),
          tenant.version(),
          e.getMessage());
      return new CatalogueDocument(Map.of(), Map.of(), false, null);
    }
  }

  private static <T> T required(@Nullable T known, String what) {
    if (known == null) {
      throw new IllegalStateException("the ledger changes a " + what + " that it never made");
    }
    return known;
  }
}
