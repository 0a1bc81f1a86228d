package no.spor.activity;

/// Bytes that are no header body. The message names the flaw and its place, never a value.
public class MalformedHeaderBodyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// What is wrong with the bytes; the first thing that was found.
  public enum Flaw {
    /// The bytes end too early, or a length points beyond them.
    TRUNCATED,
    /// Something follows the map.
    SURPLUS_BYTES,
    /// A version this reader does not know.
    UNKNOWN_VERSION,
    UNKNOWN_KEY,
    MISSING_KEY,
    /// Another CBOR type than the format says.
    WRONG_TYPE,
    /// Not the one encoding RFC 8949 §4.2.1 and `FORMAT.md` leave for this value.
    NOT_DETERMINISTIC,
    INVALID_UTF8,
    /// Well encoded, but no value the format knows.
    INVALID_VALUE
  }

  private final Flaw flaw;

  MalformedHeaderBodyException(Flaw flaw, int offset) {
    super(flaw + " at byte " + offset);
    this.flaw = flaw;
  }

  public Flaw flaw() {
    return flaw;
  }
}
