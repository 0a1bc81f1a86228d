package no.spor.insight;

/// A record that the timeline cannot take in. The view stops before it and tries again: it never
/// skips. Tells the position, never the content.
public class UnreadableRecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableRecordException(long position, String reason) {
    super("the record at position " + position + " cannot be taken into the timeline: " + reason);
  }
}
