package no.spor.recording;

import java.util.List;

/// Every reason for which an event, or a request, is not recorded. The table of `README.md` lists
/// them; a test keeps it true. Details name attributes and limits, never a value that came in.
final class Problems {
  static final Problem MALFORMED_JSON =
      new Problem(
          "malformed-json", 400, "This is not JSON (RFC 8259) in UTF-8 without a byte order mark.");
  static final Problem REQUEST_TOO_LARGE =
      new Problem(
          "request-too-large",
          413,
          "A request carries at most 16 MiB: send the events in several requests.");
  static final Problem TOO_MANY_EVENTS =
      new Problem(
          "too-many-events",
          413,
          "A request carries at most 10 000 events: send them in several requests.");
  static final Problem ATOMIC_TOO_LARGE =
      new Problem(
          "atomic-too-large",
          413,
          "An atomic request carries at most 256 events and 1 MiB: split it, or leave atomic out.");
  static final Problem FORBIDDEN =
      new Problem("forbidden", 403, "Only a key with the role emitter records events.");
  static final Problem NOT_A_BATCH =
      new Problem("not-a-batch", 422, "A batch is a JSON array of events.");

  static final Problem NOT_AN_EVENT =
      new Problem("not-an-event", 422, "An event is a JSON object.");
  static final Problem EVENT_TOO_LARGE =
      new Problem("event-too-large", 413, "An event has at most 256 KiB.");
  static final Problem NESTING_TOO_DEEP =
      new Problem(
          "nesting-too-deep",
          422,
          "Objects and arrays are nested at most 32 deep, the event itself counted.");
  static final Problem NUMBER_TOO_LONG =
      new Problem("number-too-long", 422, "A number has at most 1000 characters.");
  static final Problem DUPLICATE_MEMBER =
      new Problem("duplicate-member", 422, "An object has two members of the same name.");
  static final Problem LONE_SURROGATE =
      new Problem(
          "lone-surrogate", 422, "A string holds half of a surrogate pair: it is no Unicode text.");
  static final Problem CLEAR_FIELDS_TOO_LARGE =
      new Problem(
          "clear-fields-too-large",
          413,
          "The clear fields of an event (attributes and facets) have at most 32 KiB.");
  static final Problem UNSUPPORTED_SPECVERSION =
      new Problem("unsupported-specversion", 422, "specversion must be \"1.0\".");
  static final Problem INVALID_TIME =
      new Problem(
          "invalid-time",
          422,
          "time must be an RFC 3339 date and time with an offset, at most nine digits of a second,"
              + " in the years 1678 to 2261.");
  static final Problem TIME_IN_FUTURE =
      new Problem(
          "time-in-future", 422, "time lies more than five minutes ahead of the server's clock.");
  static final Problem UNSUPPORTED_DATA =
      new Problem(
          "unsupported-data",
          422,
          "data must be JSON in the member data: no data_base64, and a JSON datacontenttype.");
  static final Problem INVALID_DATA =
      new Problem("invalid-data", 422, "data must be a JSON object.");
  static final Problem NO_SUCH_TENANT =
      new Problem("no-such-tenant", 404, "There is no such tenant for this key.");
  static final Problem UNKNOWN_EVENT_TYPE =
      new Problem(
          "unknown-event-type",
          422,
          "The tenant's event catalogue does not have this type: add it there, or set unknownTypes"
              + " to private.");
  static final Problem RESERVED_EVENT =
      new Problem(
          "reserved-event",
          422,
          "The source /spor and the types spor.* and personal-data.* are Spor's own.");
  static final Problem INVALID_PERSON =
      new Problem(
          "invalid-person",
          422,
          "A member that says who a person is must be a string, an integer or null.");
  static final Problem PERSON_ERASED =
      new Problem(
          "person-erased", 409, "A person in this event is erased: nothing of the event is kept.");
  static final Problem ATOMIC_REJECTED =
      new Problem(
          "atomic-rejected",
          409,
          "Another event of the same atomic request was refused or is recorded already.");
  static final Problem NOT_RECORDED =
      new Problem("not-recorded", 503, "The event could not be recorded now: send it again later.");

  private static final String MISSING = "missing-attribute";
  private static final String INVALID = "invalid-attribute";

  /// All there are, each with one of its details.
  static final List<Problem> ALL =
      List.of(
          MALFORMED_JSON,
          REQUEST_TOO_LARGE,
          TOO_MANY_EVENTS,
          ATOMIC_TOO_LARGE,
          FORBIDDEN,
          NOT_A_BATCH,
          NOT_AN_EVENT,
          EVENT_TOO_LARGE,
          NESTING_TOO_DEEP,
          NUMBER_TOO_LONG,
          DUPLICATE_MEMBER,
          LONE_SURROGATE,
          CLEAR_FIELDS_TOO_LARGE,
          missing("id"),
          invalid("id", ""),
          UNSUPPORTED_SPECVERSION,
          INVALID_TIME,
          TIME_IN_FUTURE,
          UNSUPPORTED_DATA,
          INVALID_DATA,
          NO_SUCH_TENANT,
          UNKNOWN_EVENT_TYPE,
          RESERVED_EVENT,
          INVALID_PERSON,
          PERSON_ERASED,
          ATOMIC_REJECTED,
          NOT_RECORDED);

  private Problems() {}

  static Problem missing(String attribute) {
    return new Problem(MISSING, 422, "The event lacks " + attribute + ".");
  }

  /// @param rule what the attribute must be
  static Problem invalid(String attribute, String rule) {
    return new Problem(INVALID, 422, attribute + " must be " + rule + ".");
  }

  /// @param reason the name of the ledger's refusal
  static Problem refused(String reason) {
    return reason.equals(PERSON_ERASED.slug()) ? PERSON_ERASED : NOT_RECORDED;
  }
}
