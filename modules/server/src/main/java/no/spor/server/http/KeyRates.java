package no.spor.server.http;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.EstimationProbe;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import no.spor.recording.Problem;
import no.spor.server.SporSettings;
import no.spor.server.metrics.LimitMeters;
import no.spor.server.metrics.LimitMeters.Limit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// What a key may take per second, as token buckets that hold one second's worth. Keeps buckets of
/// the keys in use only, so many at most. Thread-safe.
@Component
final class KeyRates {
  private static final int MOST_KEYS = 10_000;

  private final int requests;
  private final int events;
  private final LimitMeters meters;
  private final ConcurrentMap<String, Buckets> keys = new ConcurrentHashMap<>();

  KeyRates(SporSettings settings, LimitMeters meters) {
    this.requests = settings.limits().requestsPerSecond();
    this.events = settings.limits().eventsPerSecond();
    this.meters = meters;
  }

  private record Buckets(@Nullable Bucket requests, @Nullable Bucket events) {}

  /// Counts a request.
  ///
  /// @param recording whether it brings events
  /// @throws ProblemException 429, and after which time it is worth trying again
  void request(String key, boolean recording) {
    if (requests == 0 && events == 0) {
      return;
    }
    Buckets buckets = of(key);
    if (buckets.requests() != null) {
      var probe = buckets.requests().tryConsumeAndReturnRemaining(1);
      if (!probe.isConsumed()) {
        throw refused(Limit.REQUESTS, requests + " requests", probe.getNanosToWaitForRefill());
      }
    }
    if (recording && buckets.events() != null) {
      EstimationProbe probe = buckets.events().estimateAbilityToConsume(1);
      if (!probe.canBeConsumed()) {
        throw refused(Limit.EVENTS, events + " events", probe.getNanosToWaitForRefill());
      }
    }
  }

  /// Counts events that were taken: as many as there were, even where the key is in debt then.
  void events(String key, int count) {
    if (events > 0 && count > 0) {
      Bucket bucket = of(key).events();
      if (bucket != null) {
        bucket.consumeIgnoringRateLimits(count);
      }
    }
  }

  private ProblemException refused(Limit limit, String what, long nanos) {
    meters.limited(limit);
    long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos + TimeUnit.SECONDS.toNanos(1) - 1);
    return new ProblemException(
        new Problem(
            "rate-limited",
            429,
            "A key may send " + what + " a second. Nothing was done; send it again later."),
        Math.max(1, seconds));
  }

  private Buckets of(String key) {
    Buckets known = keys.get(key);
    if (known != null) {
      return known;
    }
    if (keys.size() >= MOST_KEYS) {
      // A full bucket is as good as none. Where all are in use, everybody begins anew.
      keys.values().removeIf(this::full);
      if (keys.size() >= MOST_KEYS) {
        keys.clear();
      }
    }
    return keys.computeIfAbsent(key, _ -> new Buckets(bucket(requests), bucket(events)));
  }

  private boolean full(Buckets buckets) {
    return (buckets.requests() == null || buckets.requests().getAvailableTokens() >= requests)
        && (buckets.events() == null || buckets.events().getAvailableTokens() >= events);
  }

  private static @Nullable Bucket bucket(int perSecond) {
    return perSecond == 0
        ? null
        : Bucket.builder()
            .addLimit(
                limit -> limit.capacity(perSecond).refillGreedy(perSecond, Duration.ofSeconds(1)))
            .withNanosecondPrecision()
            .build();
  }
}
