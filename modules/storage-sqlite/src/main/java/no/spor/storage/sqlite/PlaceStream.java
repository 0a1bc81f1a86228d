package no.spor.storage.sqlite;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import no.spor.activity.TimelineQuery.Place;
import org.jspecify.annotations.Nullable;

/// Places in the order of the timeline, newest first. Bounds never grow from one call to the next.
interface PlaceStream {
  /// @return the newest place before `bound`; null where there is none
  @Nullable Spot before(Spot bound) throws SQLException;

  /// A place in the timeline.
  ///
  /// @param time nanoseconds since 1970; what cannot be said in them is the earliest or the latest
  record Spot(long time, long position) implements Comparable<Spot> {
    static final Spot NEWEST = new Spot(Long.MAX_VALUE, Long.MAX_VALUE);

    private static final long SECOND = 1_000_000_000;

    static Spot at(Instant time, long position) {
      return new Spot(nanos(time), position);
    }

    static long nanos(Instant time) {
      long second = time.getEpochSecond();
      if (second >= Long.MAX_VALUE / SECOND) {
        return Long.MAX_VALUE;
      }
      return second <= Long.MIN_VALUE / SECOND ? Long.MIN_VALUE : second * SECOND + time.getNano();
    }

    Place place() {
      return new Place(
          Instant.ofEpochSecond(Math.floorDiv(time, SECOND), Math.floorMod(time, SECOND)),
          position);
    }

    boolean isAfter(long otherTime, long otherPosition) {
      return time != otherTime ? time > otherTime : position > otherPosition;
    }

    @Override
    public int compareTo(Spot other) {
      int by = Long.compare(time, other.time);
      return by != 0 ? by : Long.compare(position, other.position);
    }

    /// @return the bound before which this place is the newest possible
    Spot inclusive() {
      return new Spot(time, position + 1);
    }
  }

  /// How many places a query may look at.
  final class Allowance {
    private int left;
    private @Nullable Spot reached;

    Allowance(int places) {
      left = places;
    }

    void take(int places) {
      left -= places;
    }

    /// Gives up where too much was looked at.
    ///
    /// @param bound what is older was not looked at
    /// @return whether to give up
    boolean exhausted(Spot bound) {
      if (left >= 0) {
        return false;
      }
      if (reached == null || bound.compareTo(reached) > 0) {
        reached = bound;
      }
      return true;
    }

    /// @return places before this one are undecided; null where all were looked at that had to be
    @Nullable Spot reached() {
      return reached;
    }
  }

  /// @return what stands in any of them, each place once
  static PlaceStream anyOf(List<? extends PlaceStream> streams) {
    return streams.size() == 1 ? streams.getFirst() : new AnyOf(streams);
  }

  /// @return what stands in all of them
  static PlaceStream allOf(List<? extends PlaceStream> streams, Allowance allowance) {
    return streams.size() == 1 ? streams.getFirst() : new AllOf(streams, allowance);
  }

  /// Merges.
  final class AnyOf implements PlaceStream {
    private record Head(Spot spot, PlaceStream stream) {}

    private final List<? extends PlaceStream> streams;
    private final PriorityQueue<Head> heads =
        new PriorityQueue<>(Comparator.comparing(Head::spot).reversed());
    private boolean begun;

    AnyOf(List<? extends PlaceStream> streams) {
      this.streams = streams;
    }

    @Override
    public @Nullable Spot before(Spot bound) throws SQLException {
      if (!begun) {
        begun = true;
        for (var stream : streams) {
          move(stream, bound);
        }
      }
      for (var top = heads.peek(); top != null; top = heads.peek()) {
        if (top.spot().compareTo(bound) < 0) {
          return top.spot();
        }
        heads.remove();
        move(top.stream(), bound);
      }
      return null;
    }

    private void move(PlaceStream stream, Spot bound) throws SQLException {
      var spot = stream.before(bound);
      if (spot != null) {
        heads.add(new Head(spot, stream));
      }
    }
  }

  /// Leapfrogs: each stream moves to where another one stands, until all stand at one place.
  final class AllOf implements PlaceStream {
    private final List<? extends PlaceStream> streams;
    private final Allowance allowance;

    AllOf(List<? extends PlaceStream> streams, Allowance allowance) {
      this.streams = streams;
      this.allowance = allowance;
    }

    @Override
    public @Nullable Spot before(Spot bound) throws SQLException {
      var at = bound;
      while (!allowance.exhausted(at)) {
        Spot candidate = null;
        for (var stream : streams) {
          var spot = stream.before(candidate == null ? at : candidate.inclusive());
          if (spot == null) {
            return null;
          }
          if (candidate == null) {
            candidate = spot;
          } else if (!spot.equals(candidate)) {
            at = spot.inclusive();
            candidate = null;
            break;
          }
        }
        if (candidate != null) {
          return candidate;
        }
      }
      return null;
    }
  }
}
