package no.spor.activity;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What the timeline view keeps of one event: nothing personal but pseudonyms, which are nobody's
/// once the person is erased.
///
/// @param pseudonyms of the event's personal parts that are there, 16 bytes each, without
///   repetition
public record TimelineEntry(
    long position,
    String tenant,
    String source,
    String type,
    Instant time,
    Map<String, Object> facets,
    List<byte[]> pseudonyms) {}
