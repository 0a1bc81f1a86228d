package no.spor.recording;

import java.util.ArrayList;
import java.util.List;

/// JSON pointers, RFC 6901.
final class Pointers {
  private Pointers() {}

  /// @return the member names it passes, unescaped; none for the whole document
  static List<String> names(String pointer) {
    List<String> names = new ArrayList<>();
    int start = 1;
    while (start <= pointer.length() && !pointer.isEmpty()) {
      int slash = pointer.indexOf('/', start);
      int end = slash < 0 ? pointer.length() : slash;
      names.add(pointer.substring(start, end).replace("~1", "/").replace("~0", "~"));
      start = end + 1;
    }
    return names;
  }
}
