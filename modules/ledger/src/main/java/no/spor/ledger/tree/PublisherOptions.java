package no.spor.ledger.tree;

import java.time.Duration;
import java.time.InstantSource;

/// How a [Publisher] is to run.
///
/// @param clock tells when a checkpoint was published
/// @param interval least time between two checkpoints, and between attempts after a failure; what
///   is new waits no longer than this and the time that signing and saving take
/// @param lastAttempts how often [Publisher#close] tries to publish the last entries
public record PublisherOptions(InstantSource clock, Duration interval, int lastAttempts) {

  /// Half a second: a checkpoint at most one second after the first entry that has none.
  public static PublisherOptions of(InstantSource clock) {
    return new PublisherOptions(clock, Duration.ofMillis(500), 5);
  }

  public PublisherOptions withInterval(Duration shortest) {
    return new PublisherOptions(clock, shortest, lastAttempts);
  }
}
