package no.spor.ledger.axon;

import org.jspecify.annotations.Nullable;

/// How a processor is doing.
///
/// @param position records it is done with
/// @param lag records appended but not yet processed
/// @param failure type of the exception that the last batch failed with; null where it got through
public record ProcessorStatus(
    String name, boolean running, long position, long lag, @Nullable String failure) {}
