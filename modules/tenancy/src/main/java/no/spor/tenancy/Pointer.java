package no.spor.tenancy;

import java.util.regex.Pattern;

/// A JSON pointer (RFC 6901) of a catalogue: to a member within `data`, through objects only.
///
/// @param text as written
record Pointer(String text) {
  private static final int MAX_LENGTH = 256;
  private static final int MAX_TOKENS = 16;
  private static final Pattern BAD_ESCAPE = Pattern.compile("~(?![01])");
  private static final Pattern ARRAY_INDEX = Pattern.compile("/(?:0|[1-9][0-9]*|-)(?:/|$)");

  /// @throws InvalidCatalogueException where it is none
  static Pointer of(String text, String where) {
    String shown = "'" + DocumentTree.shown(text) + "'";
    if (text.isEmpty()) {
      throw new InvalidCatalogueException(
          where, "an empty pointer means the whole of data; name a member, for instance /user");
    }
    if (text.charAt(0) != '/') {
      throw new InvalidCatalogueException(
          where, shown + " is no JSON pointer: it must begin with a slash, for instance /user");
    }
    if (text.length() > MAX_LENGTH) {
      throw new InvalidCatalogueException(
          where, shown + " is longer than " + MAX_LENGTH + " characters");
    }
    if (text.chars().filter(c -> c == '/').count() > MAX_TOKENS) {
      throw new InvalidCatalogueException(
          where, shown + " leads deeper than " + MAX_TOKENS + " members");
    }
    if (BAD_ESCAPE.matcher(text).find()) {
      throw new InvalidCatalogueException(
          where, shown + ": ~ must be written ~0 (and / within a name ~1)");
    }
    if (!text.codePoints().allMatch(Pointer::allowed)) {
      throw new InvalidCatalogueException(
          where, shown + " holds a control character or half a surrogate pair");
    }
    if (text.contains("//") || text.endsWith("/")) {
      throw new InvalidCatalogueException(where, shown + " names a member with an empty name");
    }
    if (ARRAY_INDEX.matcher(text).find()) {
      throw new InvalidCatalogueException(
          where, shown + " has an array's index in it; pointers do not cross arrays");
    }
    return new Pointer(text);
  }

  /// @return whether the other leads to a member inside of this one
  boolean contains(Pointer other) {
    return other.text.startsWith(text + "/");
  }

  private static boolean allowed(int point) {
    return !Character.isISOControl(point) && Character.getType(point) != Character.SURROGATE;
  }
}
