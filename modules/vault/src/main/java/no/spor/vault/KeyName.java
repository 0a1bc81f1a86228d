package no.spor.vault;

import java.util.UUID;

/// Which key a wrapped key is. What it names is associated data of the wrapping, so that a wrapped
/// key which was moved to another place, person or tenant does not open.
public sealed interface KeyName {
  /// @return the code in `FORMAT.md`, "Wrapped key"
  int what();

  /// Keys that are neither a person's nor a period's.
  enum Purpose {
    /// One of the keys under every content key of a tenant.
    TENANT(1),
    /// Finds people: see [Lookup].
    LOOKUP(2),
    /// Seals lookups in control records.
    FENCE(3),
    /// Signs a ledger's checkpoints.
    SIGNING(7);

    private final int code;

    Purpose(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }
  }

  /// @param owner the tenant; of a key that signs, the ledger's origin and the public key
  record Secret(Purpose purpose, String owner) implements KeyName {
    @Override
    public int what() {
      return purpose.code();
    }
  }

  /// @param account whether it is the key of the person's account, or of the person's history
  record OfPerson(boolean account, String tenant, UUID person, Lookup lookup) implements KeyName {
    @Override
    public int what() {
      return account ? 5 : 4;
    }
  }

  record OfPeriod(PeriodId period) implements KeyName {
    @Override
    public int what() {
      return 6;
    }
  }
}
