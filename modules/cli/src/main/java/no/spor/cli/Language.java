package no.spor.cli;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ResourceBundle;
import java.util.stream.Stream;

/// The language in which people are addressed: English, as it stands in the sources, or Norwegian
/// (bokmål), as it stands in `Messages_nb.properties`. Lines that programs read (`ready: …`,
/// `recorded …`) are the same in both.
final class Language {

  private static final Locale BOKMAAL = Locale.of("nb");

  private Language() {}

  /// The texts that stand in for the English ones; empty where English is wanted.
  ///
  /// @param environment what the user's environment holds: `SPOR_LANG` decides, else the first of
  ///   `LC_ALL`, `LC_MESSAGES` and `LANG` that is set (POSIX.1-2024, XBD 8.2). `nb`, `no` and, as
  ///   the nearest there is, `nn` mean Norwegian; anything else English.
  static Optional<ResourceBundle> of(Map<String, String> environment) {
    return Stream.of("SPOR_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
        .map(name -> environment.getOrDefault(name, ""))
        .filter(value -> !value.isEmpty())
        .findFirst()
        .map(value -> value.split("[_.@-]", 2)[0].toLowerCase(Locale.ROOT))
        .filter(language -> language.equals("nb") || language.equals("no") || language.equals("nn"))
        .map(language -> ResourceBundle.getBundle("no.spor.cli.Messages", BOKMAAL));
  }
}
