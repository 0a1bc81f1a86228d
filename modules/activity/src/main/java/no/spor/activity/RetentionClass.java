package no.spor.activity;

/// A retention class as one tenant has it now.
///
/// @param policyVersion grows with each change of the period; events carry the version that was in force when they were recorded
public record RetentionClass(String name, int policyVersion, RetentionPeriod period) {}
