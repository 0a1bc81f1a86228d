package no.spor.ledger;

/// What a record can be found by, 128 bits of a cryptographic hash; says nothing to who does not
/// know what was hashed.
public record Tag(long high, long low) {}
