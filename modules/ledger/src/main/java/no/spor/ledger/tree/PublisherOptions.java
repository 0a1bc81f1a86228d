package no.spor.ledger.tree;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import no.spor.ledger.Checkpoint;

/// How a [Publisher] is to run.
///
/// @param clock tells when a checkpoint was published
/// @param interval least time between two checkpoints, and between attempts after a failure; what
///   is new waits no longer than this and the time that signing and saving take
/// @param lastAttempts how often [Publisher#close] tries to publish the last entries
/// @param seen checkpoints that others hold of this ledger: it is opened only where it continues
///   them
public record PublisherOptions(
    InstantSource clock, Duration interval, int lastAttempts, List<Seen> seen) {

  /// A checkpoint that was seen elsewhere, its signatures checked.
  ///
  /// @param by who has it, to be named where the ledger does not continue it
  public record Seen(Checkpoint checkpoint, String by) {}

  /// Half a second: a checkpoint at most one second after the first entry that has none.
  public static PublisherOptions of(InstantSource clock) {
    return new PublisherOptions(clock, Duration.ofMillis(500), 5, List.of());
  }

  public PublisherOptions withInterval(Duration shortest) {
    return new PublisherOptions(clock, shortest, lastAttempts, seen);
  }

  public PublisherOptions withSeen(List<Seen> byOthers) {
    return new PublisherOptions(clock, interval, lastAttempts, List.copyOf(byOthers));
  }
}
