package no.spor.tenancy;

/// What a key may do.
public enum AccessRole {
  /// Append only.
  EMITTER,
  /// Read clear fields.
  AUDITOR,
  /// Open personal data with a purpose; handle the rights.
  OFFICER,
  /// Tenants, catalogue, keys; reads no personal data.
  ADMIN
}
