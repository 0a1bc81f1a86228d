package no.spor.tenancy;

import java.util.Map;
import no.spor.activity.RetentionPeriod;
import no.spor.tenancy.TenancyCommand.CreateOperatorKey;
import no.spor.tenancy.TenancyCommand.CreateTenant;
import no.spor.tenancy.TenancyCommand.CreateTenantKey;
import no.spor.tenancy.TenancyCommand.PutCatalogue;
import no.spor.tenancy.TenancyCommand.RevokeOperatorKey;
import no.spor.tenancy.TenancyCommand.RevokeTenantKey;
import no.spor.tenancy.TenancyEvent.CatalogueChanged;
import no.spor.tenancy.TenancyEvent.KeyCreated;
import no.spor.tenancy.TenancyEvent.KeyRevoked;
import no.spor.tenancy.TenancyEvent.TenantCreated;
import org.axonframework.messaging.commandhandling.annotation.CommandHandler;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;
import org.axonframework.modelling.annotation.InjectEntity;

/// Decides. Each decision rests on one entity, and is refused at the append where another node
/// decided about the same one meanwhile.
final class Administration {
  private final CatalogueReader reader = new CatalogueReader();

  @CommandHandler
  Decision handle(CreateTenant command, @InjectEntity TenantEntity tenant, EventAppender appender) {
    if (tenant.exists()) {
      return Decision.refused(
          "tenant-exists", "there is a tenant '" + command.tenant() + "' already");
    }
    Map<String, String> policies = PolicyChanges.write(ShippedCatalogue.retention());
    appender.append(new TenantCreated(command.tenant(), command.name(), policies, command.by()));
    return Decision.CHANGED;
  }

  @CommandHandler
  Decision handle(PutCatalogue command, @InjectEntity TenantEntity tenant, EventAppender appender) {
    if (!tenant.exists()) {
      return noSuchTenant();
    }
    Map<String, RetentionPeriod> changes;
    try {
      changes = PolicyChanges.of(tenant.periods(), reader.read(command.document()));
    } catch (InvalidCatalogueException e) {
      return new Decision.Refused(e);
    }
    appender.append(
        new CatalogueChanged(
            command.tenant(),
            tenant.catalogueVersion() + 1,
            command.document(),
            PolicyChanges.write(changes),
            command.by()));
    return Decision.CHANGED;
  }

  @CommandHandler
  Decision handle(
      CreateTenantKey command, @InjectEntity TenantEntity tenant, EventAppender appender) {
    if (!tenant.exists()) {
      return noSuchTenant();
    }
    appender.append(
        new KeyCreated(
            command.key(),
            TenancyEvent.keyring(command.tenant()),
            command.role(),
            command.tenant(),
            command.name(),
            command.hash(),
            command.by()));
    return Decision.CHANGED;
  }

  @CommandHandler
  Decision handle(RevokeTenantKey command, @InjectEntity KeyEntity key, EventAppender appender) {
    if (!key.alive()) {
      return Decision.UNCHANGED;
    }
    appender.append(new KeyRevoked(command.key(), key.keyring(), command.by()));
    return Decision.CHANGED;
  }

  @CommandHandler
  Decision handle(
      CreateOperatorKey command, @InjectEntity OperatorEntity operator, EventAppender appender) {
    if (command.first() && operator.everAdministered()) {
      return Decision.UNCHANGED;
    }
    appender.append(
        new KeyCreated(
            command.key(),
            command.keyring(),
            command.role(),
            null,
            command.name(),
            command.hash(),
            command.by()));
    return Decision.CHANGED;
  }

  @CommandHandler
  Decision handle(
      RevokeOperatorKey command, @InjectEntity OperatorEntity operator, EventAppender appender) {
    if (!operator.alive(command.key())) {
      return Decision.UNCHANGED;
    }
    if (operator.lastAdministrator(command.key())) {
      return Decision.refused(
          "last-administrator",
          "this is the operator's last administrator key; make another one first");
    }
    appender.append(new KeyRevoked(command.key(), command.keyring(), command.by()));
    return Decision.CHANGED;
  }

  private static Decision noSuchTenant() {
    return Decision.refused("no-such-tenant", "there is no such tenant");
  }
}
