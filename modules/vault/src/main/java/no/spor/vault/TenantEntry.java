package no.spor.vault;

/// A tenant's three keys, unwrapped.
final class TenantEntry extends Counted {
  private final SecretBytes tenant;
  private final SecretBytes lookup;
  private final SecretBytes fence;

  TenantEntry(SecretBytes tenant, SecretBytes lookup, SecretBytes fence) {
    this.tenant = tenant;
    this.lookup = lookup;
    this.fence = fence;
  }

  SecretBytes tenant() {
    return tenant;
  }

  SecretBytes lookup() {
    return lookup;
  }

  SecretBytes fence() {
    return fence;
  }

  @Override
  void wipe() {
    tenant.close();
    lookup.close();
    fence.close();
  }
}
