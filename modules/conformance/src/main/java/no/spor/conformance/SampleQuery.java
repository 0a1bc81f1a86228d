package no.spor.conformance;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import no.spor.activity.TimelineQuery;
import no.spor.activity.TimelineQuery.Place;
import org.jspecify.annotations.Nullable;

/// A query in the making. Without more: everything of [SampleEntry#TENANT].
record SampleQuery(TimelineQuery query) {
  SampleQuery() {
    this(new TimelineQuery(SampleEntry.TENANT, null, List.of(), null, null, Map.of(), null, 1_000));
  }

  SampleQuery tenant(String tenant) {
    return with(tenant, query.pseudonyms(), query.types(), query.facets(), query.limit());
  }

  SampleQuery people(int... numbers) {
    List<byte[]> pseudonyms = IntStream.of(numbers).mapToObj(SampleEntry::pseudonym).toList();
    return with(query.tenant(), pseudonyms, query.types(), query.facets(), query.limit());
  }

  SampleQuery types(String... types) {
    return with(query.tenant(), query.pseudonyms(), List.of(types), query.facets(), query.limit());
  }

  SampleQuery facet(String pointer, Object value) {
    Map<String, Object> facets = new HashMap<>(query.facets());
    facets.put(pointer, value);
    return with(query.tenant(), query.pseudonyms(), query.types(), facets, query.limit());
  }

  SampleQuery limit(int limit) {
    return with(query.tenant(), query.pseudonyms(), query.types(), query.facets(), limit);
  }

  SampleQuery from(Instant from) {
    return within(from, query.to(), query.after());
  }

  SampleQuery to(Instant to) {
    return within(query.from(), to, query.after());
  }

  SampleQuery after(@Nullable Place after) {
    return within(query.from(), query.to(), after);
  }

  private SampleQuery with(
      String tenant,
      @Nullable List<byte[]> pseudonyms,
      List<String> types,
      Map<String, Object> facets,
      int limit) {
    return new SampleQuery(
        new TimelineQuery(
            tenant, pseudonyms, types, query.from(), query.to(), facets, query.after(), limit));
  }

  private SampleQuery within(@Nullable Instant from, @Nullable Instant to, @Nullable Place after) {
    return new SampleQuery(
        new TimelineQuery(
            query.tenant(),
            query.pseudonyms(),
            query.types(),
            from,
            to,
            query.facets(),
            after,
            query.limit()));
  }
}
