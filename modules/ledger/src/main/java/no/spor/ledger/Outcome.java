package no.spor.ledger;

/// What became of one [Draft].
public sealed interface Outcome {
  /// The record is *appended*: durable, at this position, for good.
  record Appended(long position, long sequence) implements Outcome {}

  /// A record with the same [RecordKey] stands already; nothing was written.
  record Duplicate(long position) implements Outcome {}

  /// Its [Admission] refused it; nothing was written.
  record Refused(Refusal refusal) implements Outcome {}

  /// Another draft of the same atomic call kept it from being written.
  record NotAppended() implements Outcome {}
}
