package no.spor.ledger;

import org.jspecify.annotations.Nullable;

/// One sealed part of a [Draft].
///
/// @param label drop label: parts with equal labels can be dropped together; not hashed; 1 to 128
///   bytes of UTF-8
/// @param bytes the sealed bytes, or null for an explicit *none* (discarded on arrival)
public record DraftPart(String label, byte @Nullable [] bytes) {}
