package no.spor.rights;

import java.util.Map;

/// How many sealed parts of somebody stand in the ledger.
///
/// @param events in how many events
/// @param copies how many of those tell of a copy outside, by type
record PartsFound(long parts, long events, Map<String, Long> copies) {}
