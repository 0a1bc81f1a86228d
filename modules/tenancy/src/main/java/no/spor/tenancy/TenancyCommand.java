package no.spor.tenancy;

import org.axonframework.modelling.annotation.TargetEntityId;
import org.jspecify.annotations.Nullable;

/// What is asked of [Administration]. One entity a command.
sealed interface TenancyCommand {
  record CreateTenant(@TargetEntityId String tenant, String name, @Nullable String by)
      implements TenancyCommand {}

  record PutCatalogue(@TargetEntityId String tenant, String document, @Nullable String by)
      implements TenancyCommand {}

  record CreateTenantKey(
      @TargetEntityId String tenant,
      String key,
      String role,
      String name,
      String hash,
      @Nullable String by)
      implements TenancyCommand {
    @Override
    public String toString() {
      return "CreateTenantKey[" + key + "]";
    }
  }

  record RevokeTenantKey(@TargetEntityId String key, @Nullable String by)
      implements TenancyCommand {}

  /// @param first only where the operator has never had an administrator's key
  record CreateOperatorKey(
      @TargetEntityId String keyring,
      String key,
      String role,
      String name,
      String hash,
      boolean first,
      @Nullable String by)
      implements TenancyCommand {
    @Override
    public String toString() {
      return "CreateOperatorKey[" + key + "]";
    }
  }

  record RevokeOperatorKey(@TargetEntityId String keyring, String key, @Nullable String by)
      implements TenancyCommand {}
}
