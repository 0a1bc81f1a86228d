package no.spor.ledger.axon;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import no.spor.ledger.axon.ProcessorProgress.Claim;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.processing.streaming.segmenting.Segment;
import org.axonframework.messaging.eventhandling.processing.streaming.token.GlobalSequenceTrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.store.TokenStore;
import org.axonframework.messaging.eventhandling.processing.streaming.token.store.UnableToClaimTokenException;
import org.axonframework.messaging.eventhandling.processing.streaming.token.store.UnableToInitializeTokenException;
import org.jspecify.annotations.Nullable;

/// Axon's tokens over [ProcessorProgress]. Everything happens on the caller's thread and so within
/// the transaction that its processing context has begun.
///
/// A view that says itself how far it is ([Projection#stands]) is gone on with from there where its
/// progress says more.
///
/// Axon extends claims at each of its short rounds; the store is only asked when half of the
/// claim's time is over. Thread-safe.
final class LedgerTokenStore implements TokenStore {
  private record Key(String processor, int segment) {}

  private final ProcessorProgress progress;
  private final String owner;
  private final InstantSource clock;
  private final long claimMillis;
  private final Function<String, OptionalLong> stands;
  private final Map<Key, Long> claimedUntil = new ConcurrentHashMap<>();

  /// @param stands how far the view of a processor says it has come, where it does
  LedgerTokenStore(
      ProcessorProgress progress,
      String owner,
      InstantSource clock,
      Duration claim,
      Function<String, OptionalLong> stands) {
    this.progress = progress;
    this.stands = stands;
    this.owner = owner;
    this.clock = clock;
    this.claimMillis = claim.toMillis();
  }

  Claim claim() {
    long now = clock.millis();
    return new Claim(owner, now, now + claimMillis);
  }

  @Override
  public CompletableFuture<List<Segment>> initializeTokenSegments(
      String processor,
      int count,
      @Nullable TrackingToken initial,
      @Nullable ProcessingContext context) {
    return now(() -> {
      List<Segment> segments = Segment.splitBalanced(Segment.ROOT_SEGMENT, count - 1);
      for (Segment segment : segments) {
        create(processor, segment, initial);
      }
      return segments;
    });
  }

  @Override
  public CompletableFuture<Void> initializeSegment(
      @Nullable TrackingToken token,
      String processor,
      Segment segment,
      @Nullable ProcessingContext context) {
    return done(() -> create(processor, segment, token));
  }

  private void create(String processor, Segment segment, @Nullable TrackingToken token) {
    if (!progress.create(processor, segment.getSegmentId(), segment.getMask(), position(token))) {
      throw new UnableToInitializeTokenException(
          "segment " + segment.getSegmentId() + " of " + processor + " is there already");
    }
  }

  @Override
  public CompletableFuture<Void> storeToken(
      @Nullable TrackingToken token,
      String processor,
      int segment,
      @Nullable ProcessingContext context) {
    return done(() -> {
      Claim claim = claim();
      if (!progress.store(processor, segment, claim, position(token))) {
        throw notOurs(processor, segment);
      }
      claimedUntil.put(new Key(processor, segment), claim.untilMillis());
    });
  }

  @Override
  public CompletableFuture<TrackingToken> fetchToken(
      String processor, int segment, @Nullable ProcessingContext context) {
    return now(() -> {
      Claim claim = claim();
      OptionalLong position = progress.claim(processor, segment, claim);
      if (position.isEmpty()) {
        throw notOurs(processor, segment);
      }
      claimedUntil.put(new Key(processor, segment), claim.untilMillis());
      long known = position.getAsLong();
      return new GlobalSequenceTrackingToken(
          Math.min(known, stands.apply(processor).orElse(known)));
    });
  }

  @Override
  public CompletableFuture<Void> extendClaim(
      String processor, int segment, @Nullable ProcessingContext context) {
    return done(() -> {
      Claim claim = claim();
      Long until = claimedUntil.get(new Key(processor, segment));
      if (until != null && until - claim.nowMillis() > claimMillis / 2) {
        return; // nobody else can have taken it
      }
      if (!progress.extend(processor, segment, claim)) {
        claimedUntil.remove(new Key(processor, segment));
        throw notOurs(processor, segment);
      }
      claimedUntil.put(new Key(processor, segment), claim.untilMillis());
    });
  }

  @Override
  public CompletableFuture<Void> releaseClaim(
      String processor, int segment, @Nullable ProcessingContext context) {
    return done(() -> {
      claimedUntil.remove(new Key(processor, segment));
      progress.release(processor, segment, owner);
    });
  }

  @Override
  public CompletableFuture<Void> deleteToken(
      String processor, int segment, @Nullable ProcessingContext context) {
    return done(() -> {
      if (!progress.delete(processor, segment, claim())) {
        throw notOurs(processor, segment);
      }
      claimedUntil.remove(new Key(processor, segment));
    });
  }

  @Override
  @SuppressWarnings("NullAway") // Axon: null for a segment that is not there
  public CompletableFuture<Segment> fetchSegment(
      String processor, int segment, @Nullable ProcessingContext context) {
    return now(() ->
        progress.segments(processor).stream()
            .filter(known -> known.id() == segment)
            .map(known -> new Segment(known.id(), known.mask()))
            .findFirst()
            .orElse(null));
  }

  @Override
  public CompletableFuture<List<Segment>> fetchSegments(
      String processor, @Nullable ProcessingContext context) {
    return now(() ->
        progress.segments(processor).stream()
            .map(segment -> new Segment(segment.id(), segment.mask()))
            .toList());
  }

  @Override
  public CompletableFuture<List<Segment>> fetchAvailableSegments(
      String processor, @Nullable ProcessingContext context) {
    return now(() ->
        progress.segments(processor).stream()
            .filter(segment -> segment.availableTo(owner, clock.millis()))
            .map(segment -> new Segment(segment.id(), segment.mask()))
            .toList());
  }

  @Override
  public CompletableFuture<String> retrieveStorageIdentifier(@Nullable ProcessingContext context) {
    return now(progress::id);
  }

  private static long position(@Nullable TrackingToken token) {
    return switch (token) {
      case null -> 0;
      case GlobalSequenceTrackingToken sequence -> Math.max(0, sequence.getGlobalIndex());
      default ->
          throw new IllegalArgumentException(
              "progress is one position, not a " + token.getClass().getSimpleName());
    };
  }

  private UnableToClaimTokenException notOurs(String processor, int segment) {
    return new UnableToClaimTokenException(
        "segment " + segment + " of " + processor + " is another node's, or not there");
  }

  private static CompletableFuture<Void> done(Runnable action) {
    try {
      action.run();
      return CompletableFuture.completedFuture(null);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static <T> CompletableFuture<T> now(Supplier<T> action) {
    try {
      return CompletableFuture.completedFuture(action.get());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
