package no.spor.ledger;

/// Identity of a record, 128 bits of a cryptographic hash. Two records with equal keys are one
/// record.
public record RecordKey(long high, long low) {}
