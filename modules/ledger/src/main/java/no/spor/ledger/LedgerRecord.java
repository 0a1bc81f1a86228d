package no.spor.ledger;

import java.util.List;

/// A record as it stands.
///
/// @param recordedAtMillis milliseconds since 1970-01-01T00:00:00Z
/// @param header the whole header's bytes, as hashed
/// @param body the header's body
public record LedgerRecord(
    long position,
    String stream,
    long sequence,
    long recordedAtMillis,
    byte[] header,
    byte[] body,
    List<RecordPart> parts) {

  /// A part as it stands.
  public sealed interface RecordPart {
    /// The sealed bytes are there.
    record Kept(byte[] bytes) implements RecordPart {}

    /// The bytes were dropped, their digest stands.
    record Dropped(byte[] digest) implements RecordPart {}

    /// Discarded on arrival.
    record None() implements RecordPart {}
  }
}
