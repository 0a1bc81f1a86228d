package no.spor.server.doctor;

import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;

/// What a look at one thing showed. What is said of it stands in `findings.properties`, under the
/// key, and what to do under the key and `.do`; `findings_nb.properties` has the same in Norwegian.
///
/// @param key what it is, the same in every language
/// @param values what the texts are filled with, as [String#format] takes them
public record Finding(Level level, String key, List<Object> values) {
  private static final String TEXTS = "no.spor.server.doctor.findings";

  /// How bad it is.
  public enum Level {
    WELL,
    /// To be looked after.
    WARNING,
    /// To be mended now.
    TROUBLE
  }

  public static Finding well(String key, Object... values) {
    return new Finding(Level.WELL, key, List.of(values));
  }

  public static Finding warning(String key, Object... values) {
    return new Finding(Level.WARNING, key, List.of(values));
  }

  public static Finding trouble(String key, Object... values) {
    return new Finding(Level.TROUBLE, key, List.of(values));
  }

  /// @return one sentence, in English
  public String what() {
    return what(Locale.ROOT);
  }

  /// @return what to do, in English; empty where nothing is to be done
  public String advice() {
    return advice(Locale.ROOT);
  }

  /// @param locale Norwegian (`nb`), or [Locale#ROOT] for English
  public String what(Locale locale) {
    return text(locale, key);
  }

  /// @param locale Norwegian (`nb`), or [Locale#ROOT] for English
  public String advice(Locale locale) {
    return level == Level.WELL ? "" : text(locale, key + ".do");
  }

  private String text(Locale locale, String name) {
    String text = ResourceBundle.getBundle(TEXTS, locale).getString(name);
    return String.format(locale, text, values.toArray());
  }
}
