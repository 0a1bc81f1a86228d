package no.spor.ledger;

import java.util.HashMap;
import java.util.Map;

/// The next sequence of each stream: as it stands, and as the attempt under way plans it. Used by
/// the appender's thread alone.
final class StreamSequences {
  private final Map<String, Stream> streams = new HashMap<>();
  private long plan;
  private long dropped;

  private static final class Stream {
    long standing;
    long planned;
    long plan;
  }

  StreamSequences(Map<String, Long> next) {
    next.forEach((label, sequence) -> stream(label).standing = sequence);
  }

  /// Forgets what was planned.
  void startPlan() {
    plan++;
  }

  /// @return the sequence that the next record of the stream would get in this plan
  long plan(String label) {
    var stream = stream(label);
    if (stream.plan != plan) {
      stream.plan = plan;
      stream.planned = stream.standing;
    }
    return stream.planned++;
  }

  /// A record's header was dropped: some stream may leave one sequence out.
  void dropped() {
    dropped++;
  }

  /// A record stands.
  ///
  /// @throws LedgerDamageException where its sequence is not the stream's next, and dropped headers
  ///   do not account for what is left out
  void stands(String label, long sequence) {
    var stream = stream(label);
    long leftOut = sequence - stream.standing;
    if (leftOut < 0 || leftOut > dropped) {
      throw new LedgerDamageException(
          "a stream goes on with sequence " + sequence + ", not " + stream.standing);
    }
    dropped -= leftOut;
    stream.standing = sequence + 1;
  }

  Map<String, Long> standing() {
    var next = HashMap.<String, Long>newHashMap(streams.size());
    streams.forEach((label, stream) -> next.put(label, stream.standing));
    return next;
  }

  private Stream stream(String label) {
    var stream = streams.get(label);
    if (stream == null) {
      stream = new Stream();
      streams.put(label, stream);
    }
    return stream;
  }
}
