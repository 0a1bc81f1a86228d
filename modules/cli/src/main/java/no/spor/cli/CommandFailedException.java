package no.spor.cli;

import org.jspecify.annotations.Nullable;

/// Ends a command with a sentence for the person who typed it, and exit code 1.
class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final transient @Nullable Object[] values;

  /// @param sentence as it stands, in no other language
  CommandFailedException(String sentence) {
    this("failed.as-is", sentence);
  }

  private CommandFailedException(String key, @Nullable Object... values) {
    super(Words.ENGLISH.say(key, values));
    this.key = key;
    this.values = values.clone();
  }

  /// @param key of [Words]
  /// @param values as [String#format] takes them
  static CommandFailedException said(String key, @Nullable Object... values) {
    return new CommandFailedException(key, values);
  }

  /// @return the sentence in the language of whoever reads it
  String in(Words words) {
    return words.say(key, values);
  }

  /// No answer came; what was asked may have been done.
  static final class Unreachable extends CommandFailedException {
    private static final long serialVersionUID = 1L;

    Unreachable(String scheme, String authority) {
      super("failed.unreachable", scheme, authority);
    }
  }
}
