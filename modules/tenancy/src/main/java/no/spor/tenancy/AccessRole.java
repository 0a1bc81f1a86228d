package no.spor.tenancy;

/// What a key may do. Tenants and the operator can have keys of every role; an operator's key does
/// the same for every tenant, and names the tenant in the request.
public enum AccessRole {
  /// Append only.
  EMITTER("emitter"),
  /// Read clear fields.
  AUDITOR("auditor"),
  /// Open personal data with a purpose; handle the rights.
  OFFICER("officer"),
  /// Tenants, catalogue, keys; reads no personal data.
  ADMIN("admin");

  private final String label;

  AccessRole(String label) {
    this.label = label;
  }

  /// @return the name on the wire and in the ledger
  public String label() {
    return label;
  }

  /// @throws IllegalArgumentException where no role has this label
  public static AccessRole ofLabel(String label) {
    return switch (label) {
      case "emitter" -> EMITTER;
      case "auditor" -> AUDITOR;
      case "officer" -> OFFICER;
      case "admin" -> ADMIN;
      default -> throw new IllegalArgumentException("a role is emitter, auditor, officer or admin");
    };
  }
}
