package no.spor.tenancy;

import java.security.SecureRandom;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import no.spor.activity.Catalogue;
import no.spor.ledger.axon.Commands;
import no.spor.ledger.axon.SporAxon;
import no.spor.tenancy.RegistryState.KnownKey;
import no.spor.tenancy.RegistryState.KnownTenant;
import no.spor.tenancy.TenancyCommand.CreateOperatorKey;
import no.spor.tenancy.TenancyCommand.CreateTenant;
import no.spor.tenancy.TenancyCommand.CreateTenantKey;
import no.spor.tenancy.TenancyCommand.PutCatalogue;
import no.spor.tenancy.TenancyCommand.RevokeOperatorKey;
import no.spor.tenancy.TenancyCommand.RevokeTenantKey;
import org.jspecify.annotations.Nullable;

/// [Tenancy] on the ledger: changes are commands to event-sourced entities, answers come from the
/// [Registry]. Thread-safe.
public final class EventSourcedTenancy implements Tenancy {
  private static final Pattern TENANT_ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final int MAX_NAME = 200;

  private final Commands commands;
  private final Registry registry;
  private final SecureRandom random;
  private final CatalogueReader reader = new CatalogueReader();
  private final @Nullable String by;

  /// @param commands of a [SporAxon] that [#register] was applied to, on the ledger that the
  ///   registry follows
  public EventSourcedTenancy(Commands commands, Registry registry, SecureRandom random) {
    this(commands, registry, random, null);
  }

  private EventSourcedTenancy(
      Commands commands, Registry registry, SecureRandom random, @Nullable String by) {
    this.commands = commands;
    this.registry = registry;
    this.random = random;
    this.by = by;
  }

  /// Adds this room's entities and command handlers.
  ///
  /// @return the same builder
  public static SporAxon.Builder register(SporAxon.Builder axon) {
    return axon.entity(String.class, TenantEntity.class)
        .entity(String.class, KeyEntity.class)
        .entity(String.class, OperatorEntity.class)
        .commandHandlers("tenancy", new Administration());
  }

  /// @param type an event type's full name
  /// @return whether such records are control records, which flag their block
  public static boolean control(String type) {
    return ControlRecords.ours(type);
  }

  @Override
  public Tenancy onBehalfOf(Access access) {
    return new EventSourcedTenancy(commands, registry, random, access.keyId());
  }

  @Override
  public Tenant createTenant(String id, String name) {
    if (!TENANT_ID.matcher(id).matches() || id.equals("spor")) {
      throw new TenancyException(
          "invalid-tenant-id",
          "a tenant's id is 1 to 63 of a-z, 0-9 and -, beginning with a letter or digit; spor is"
              + " taken");
    }
    requireName(name, 1, "invalid-tenant-name");
    decide(new CreateTenant(id, name, by));
    return tenant(id).orElseThrow();
  }

  @Override
  public Optional<Tenant> tenant(String id) {
    return Optional.ofNullable(registry.state().tenant(id)).map(EventSourcedTenancy::view);
  }

  @Override
  public List<Tenant> tenants() {
    return registry.state().tenants().stream()
        .map(EventSourcedTenancy::view)
        .sorted(Comparator.comparing(Tenant::id))
        .toList();
  }

  @Override
  public NewKey createKey(AccessRole role, @Nullable String tenant, String name) {
    requireName(name, 0, "invalid-key-name");
    String secret = KeySecret.make(random);
    String id = KeySecret.id(secret);
    String hash = KeySecret.encode(KeySecret.hash(secret));
    TenancyCommand command =
        tenant == null
            ? new CreateOperatorKey(TenancyEvent.OPERATOR, id, role.label(), name, hash, false, by)
            : new CreateTenantKey(tenant, id, role.label(), name, hash, by);
    decide(command);
    return new NewKey(id, secret);
  }

  @Override
  public Optional<NewKey> ensureAdministrator() {
    String secret = KeySecret.make(random);
    String id = KeySecret.id(secret);
    boolean made =
        decide(
            new CreateOperatorKey(
                TenancyEvent.OPERATOR,
                id,
                AccessRole.ADMIN.label(),
                "administrator",
                KeySecret.encode(KeySecret.hash(secret)),
                true,
                by));
    return made ? Optional.of(new NewKey(id, secret)) : Optional.empty();
  }

  @Override
  public boolean revokeKey(String id, @Nullable String onlyTenant) {
    KnownKey known = registry.state().key(id);
    if (known == null) {
      return false;
    }
    String tenant = known.stored().tenant();
    if (onlyTenant != null && !onlyTenant.equals(tenant)) {
      return false;
    }
    decide(
        tenant == null
            ? new RevokeOperatorKey(TenancyEvent.OPERATOR, id, by)
            : new RevokeTenantKey(id, by));
    return true;
  }

  @Override
  public List<KeyInfo> keys(@Nullable String onlyTenant) {
    return registry.state().keys().stream()
        .map(key -> key.stored().info())
        .filter(key -> onlyTenant == null || onlyTenant.equals(key.tenant()))
        .sorted(Comparator.comparing(KeyInfo::createdAt).thenComparing(KeyInfo::id))
        .toList();
  }

  @Override
  public Optional<Access> authenticate(String bearer) {
    return registry.state().authenticate(bearer);
  }

  @Override
  public Optional<Catalogue> catalogue(String tenant) {
    KnownTenant known = registry.state().tenant(tenant);
    return known == null ? Optional.empty() : Optional.of(known.catalogue());
  }

  @Override
  public Catalogue putCatalogue(String tenant, String document) {
    reader.read(document); // refused before anything is sent
    decide(new PutCatalogue(tenant, document, by));
    return catalogue(tenant).orElseThrow();
  }

  @Override
  public String catalogueDocument(String tenant) {
    return known(tenant).stored().document();
  }

  @Override
  public Map<String, List<PolicyVersion>> policies(String tenant) {
    return known(tenant).policies();
  }

  private KnownTenant known(String tenant) {
    KnownTenant known = registry.state().tenant(tenant);
    if (known == null) {
      throw new TenancyException("no-such-tenant", "there is no such tenant");
    }
    return known;
  }

  private static Tenant view(KnownTenant known) {
    return new Tenant(known.stored().id(), known.stored().name(), known.stored().createdAt());
  }

  private static void requireName(String name, int least, String problem) {
    int length = name.codePointCount(0, name.length());
    boolean printable =
        name.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    if (length < least || length > MAX_NAME || !printable || (least > 0 && name.isBlank())) {
      throw new TenancyException(
          problem, "a name is %d to %d printable characters".formatted(least, MAX_NAME));
    }
  }

  /// @return whether anything was changed
  private boolean decide(TenancyCommand command) {
    return switch (Objects.requireNonNull(commands.send(command, Decision.class))) {
      case Decision.Done(boolean changed) -> changed;
      case Decision.Refused(TenancyException why) -> throw why;
    };
  }
}
