package no.spor.cli;

import java.util.Locale;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/// What commands say to people about how it went, in their language ([Language]): `said.properties`
/// and `said_nb.properties`. What programs read is the same in both: exit codes, the names of
/// findings, states, ids, `ready:`, `recorded …`. Thread-safe.
final class Words {
  static final Words ENGLISH = new Words(Locale.ROOT);

  private final Locale locale;
  private final ResourceBundle texts;

  private Words(Locale locale) {
    this.locale = locale;
    this.texts = ResourceBundle.getBundle("no.spor.cli.said", locale);
  }

  /// In the language in which the command explains itself.
  static Words of(CommandSpec spec) {
    ResourceBundle help = spec.resourceBundle();
    return new Words(help == null ? Locale.ROOT : help.getLocale());
  }

  Locale locale() {
    return locale;
  }

  boolean english() {
    return locale.equals(Locale.ROOT);
  }

  /// @param values as [String#format] takes them
  String say(String key, @Nullable Object... values) {
    return String.format(locale, texts.getString(key), values);
  }

  /// As [#say], for what stops a command.
  CommandFailedException failed(String key, @Nullable Object... values) {
    return new CommandFailedException(say(key, values));
  }
}
