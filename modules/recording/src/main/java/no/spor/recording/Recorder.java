package no.spor.recording;

import java.util.List;
import java.util.Map;
import no.spor.tenancy.Access;

/// Takes events in: validates, classifies, seals, appends, acknowledges. Thread-safe; blocks the
/// calling (virtual) thread until durable.
public interface Recorder {
  /// @param access who sends: an emitter's key, of one tenant or of the operator
  /// @param atomic all or none: where one is refused or stands already, none is recorded
  /// @return what became of each event, in order (blank lines are none)
  /// @throws RejectedRequestException where the request as a whole is refused; nothing of it was
  ///   recorded
  /// @throws no.spor.ledger.LedgerBusyException, no.spor.ledger.LedgerStoreException,
  ///   no.spor.vault.KeysUnavailableException: try again later; unless `atomic`, some may be
  ///   recorded, and are answered as duplicates then
  List<Result> record(Access access, Submission submission, boolean atomic);

  /// What came in, in one of the four forms of the contract.
  sealed interface Submission {
    /// `application/cloudevents+json`
    record Structured(byte[] json) implements Submission {}

    /// `application/cloudevents-batch+json`
    record Batch(byte[] json) implements Submission {}

    /// `application/x-ndjson`: one event a line
    record Lines(byte[] ndjson) implements Submission {}

    /// Binary mode. @param attributes context attributes (names without `ce-`), percent-decoded
    record Binary(Map<String, String> attributes, byte[] data) implements Submission {}
  }

  /// What became of one event.
  sealed interface Result {
    /// Durable. @param expired its retention was over already: recorded with its payload discarded
    record Recorded(long position, boolean duplicate, boolean expired) implements Result {}

    record Rejected(Problem problem) implements Result {}
  }

  /// Records an event of Spor's own (source `/spor`), for instance `personal-data.viewed`. Types of
  /// the shipped catalogue that outside emitters may not send. Durable when it returns.
  ///
  /// @param data the event's data, a JSON object
  /// @return its position
  /// @throws RejectedRequestException where it was refused (`person-erased`, `unknown-event-type`,
  ///   …); nothing was recorded
  long recordOwn(String tenant, String type, byte[] data);
}
