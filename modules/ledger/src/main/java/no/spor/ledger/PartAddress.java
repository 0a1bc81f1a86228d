package no.spor.ledger;

/// A part's place in its block.
///
/// @param record index of the record in the block, from 0
/// @param part index of the part in the record, from 0
public record PartAddress(int record, int part) {}
