package no.spor.vault;

/// How much a vault keeps in memory.
///
/// @param people people whose keys are kept unwrapped (about 0.5 KB each)
/// @param contentKeys derived keys of a person and day (about 0.3 KB each)
/// @param periods period keys kept unwrapped
/// @param tenants tenants whose keys are kept unwrapped
public record VaultOptions(int people, int contentKeys, int periods, int tenants) {
  public static final VaultOptions DEFAULTS = new VaultOptions(50_000, 20_000, 10_000, 1_000);

  public VaultOptions {
    if (people < 1 || contentKeys < 1 || periods < 1 || tenants < 1) {
      throw new IllegalArgumentException("caches hold at least one entry each");
    }
  }
}
