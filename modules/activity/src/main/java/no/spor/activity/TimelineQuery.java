package no.spor.activity;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A question to the timeline view, already translated: people are pseudonyms by now.
///
/// @param tenant whose events
/// @param pseudonyms all pseudonyms (16 bytes each) of the person asked for; null for everybody's
///   events, empty for nobody's
/// @param types only these types; empty for all but Spor's own (source `/spor`), which show only
///   when named
/// @param from inclusive; null for no bound
/// @param to exclusive; null for no bound
/// @param facets pointer → value (as in [HeaderBody#facets]), all must be equal
/// @param after continue after this place in (time, position) descending; null from the newest
/// @param limit 1 to 1000
public record TimelineQuery(
    String tenant,
    @Nullable List<byte[]> pseudonyms,
    List<String> types,
    @Nullable Instant from,
    @Nullable Instant to,
    Map<String, Object> facets,
    @Nullable Place after,
    int limit) {

  /// A place in the order of the timeline.
  public record Place(Instant time, long position) {}
}
