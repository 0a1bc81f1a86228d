package no.spor.tenancy;

import org.jspecify.annotations.Nullable;

/// Who comes in.
///
/// @param keyId the API key's id (not secret)
/// @param tenant the tenant the key belongs to; null for the operator's keys, which name the tenant
///   in the request
public record Access(String keyId, AccessRole role, @Nullable String tenant) {
  /// @return whether this access may touch the tenant at all (else: 404)
  public boolean reaches(String otherTenant) {
    return tenant == null || tenant.equals(otherTenant);
  }
}
