package no.spor.conformance;

import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import no.spor.activity.HeaderBody.JsonNull;
import no.spor.activity.TimelineEntry;
import no.spor.activity.TimelineQuery;
import no.spor.activity.TimelineQuery.Place;

/// Random entries and queries out of few values, so that they meet; and what a query should find,
/// by looking at every entry. `toString` tells the seed. Not thread-safe, but for [#entries].
final class TimelineSamples {
  private static final List<String> TENANTS = List.of(SampleEntry.TENANT, "tak-as");
  private static final List<String> TYPES = List.of("login", "logout", "site.checkin", "change");
  private static final List<Object> VALUES = List.of("1", 1L, true, JsonNull.NULL);
  private static final int PSEUDONYMS = 8;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long seed;
  private final Random random;

  TimelineSamples() {
    this(System.nanoTime());
  }

  TimelineSamples(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /// @return the entries of these positions, the same for each call
  List<TimelineEntry> entries(int from, int to) {
    return IntStream.range(from, to).mapToObj(this::entry).toList();
  }

  private TimelineEntry entry(int position) {
    // Mixes its seed: java.util.Random's first values of neighbouring seeds are nearly equal.
    RandomGenerator own = new SplittableRandom(seed + position * GOLDEN);
    SampleEntry entry =
        new SampleEntry(position)
            .tenant(pick(own, TENANTS))
            .source(own.nextInt(6) == 0 ? "/spor" : "/app")
            .type(pick(own, TYPES))
            .at(time(own));
    if (own.nextBoolean()) {
      entry.facet("/x", pick(own, VALUES));
    }
    if (own.nextBoolean()) {
      entry.facet("/y", pick(own, VALUES));
    }
    int person = own.nextInt(PSEUDONYMS * 2);
    if (person < PSEUDONYMS) {
      entry.person(person);
      if (own.nextInt(3) == 0) {
        entry.person((person + 1) % PSEUDONYMS);
      }
    }
    return entry.entry();
  }

  TimelineQuery query() {
    SampleQuery query =
        new SampleQuery().tenant(pick(random, TENANTS)).limit(1 + random.nextInt(20));
    if (random.nextInt(3) == 0) {
      query = query.people(random.ints(random.nextInt(4), 0, PSEUDONYMS).toArray());
    }
    if (random.nextInt(3) == 0) {
      String[] types = new String[1 + random.nextInt(3)];
      Arrays.setAll(types, _ -> pick(random, TYPES));
      query = query.types(types);
    }
    if (random.nextInt(3) == 0) {
      query = query.facet("/x", pick(random, VALUES));
    }
    if (random.nextInt(3) == 0) {
      query = query.facet("/y", pick(random, VALUES));
    }
    if (random.nextInt(3) == 0) {
      query = query.from(time(random));
    }
    if (random.nextInt(3) == 0) {
      query = query.to(time(random));
    }
    if (random.nextInt(4) == 0) {
      query = query.after(new Place(time(random), random.nextInt(500)));
    }
    return query.query();
  }

  private static Instant time(RandomGenerator random) {
    return SampleEntry.NOON
        .plusSeconds(random.nextInt(-20, 20))
        .plusNanos(random.nextInt(4) == 0 ? random.nextInt(3) : 0);
  }

  private static <T> T pick(RandomGenerator random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /// @return all places that answer the query, whatever its limit
  static List<Place> matching(List<TimelineEntry> entries, TimelineQuery query) {
    Comparator<Place> oldestFirst =
        Comparator.comparing(Place::time).thenComparing(Place::position);
    return entries.stream()
        .filter(entry -> entry.tenant().equals(query.tenant()))
        .filter(entry ->
            query.types().contains(entry.type())
                || (query.types().isEmpty() && !entry.source().equals("/spor")))
        .filter(entry -> query.pseudonyms() == null || namesAny(entry, query.pseudonyms()))
        .filter(entry -> query.from() == null || entry.time().compareTo(query.from()) >= 0)
        .filter(entry -> query.to() == null || entry.time().compareTo(query.to()) < 0)
        .filter(entry -> hasAll(entry.facets(), query.facets()))
        .map(entry -> new Place(entry.time(), entry.position()))
        .filter(place -> query.after() == null || oldestFirst.compare(place, query.after()) < 0)
        .sorted(oldestFirst.reversed())
        .toList();
  }

  private static boolean namesAny(TimelineEntry entry, List<byte[]> pseudonyms) {
    return entry.pseudonyms().stream()
        .anyMatch(one -> pseudonyms.stream().anyMatch(other -> Arrays.equals(one, other)));
  }

  private static boolean hasAll(Map<String, Object> facets, Map<String, Object> wanted) {
    return wanted.entrySet().stream()
        .allMatch(facet -> facet.getValue().equals(facets.get(facet.getKey())));
  }

  @Override
  public String toString() {
    return "seed " + seed;
  }
}
