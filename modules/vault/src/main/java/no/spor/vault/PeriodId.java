package no.spor.vault;

/// A period: what expires together.
///
/// @param policyVersion version of the class's policy, unsigned
/// @param day UTC day of the events' time, days since 1970-01-01
public record PeriodId(String tenant, String retention, int policyVersion, int day) {
  /// All days of one class and policy version of a tenant: what a mark of expiry belongs to.
  public record Series(String tenant, String retention, int policyVersion) {}

  public Series series() {
    return new Series(tenant, retention, policyVersion);
  }
}
