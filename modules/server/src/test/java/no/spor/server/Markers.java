package no.spor.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Finds texts in bytes, in the forms in which text lies about: UTF-8, UTF-16, hexadecimal, base64
// at any offset,
/// escaped as in JSON and in addresses.
final class Markers {
  private Markers() {}

  /// @param places name to content
  /// @return each text found, with its form and place
  static List<String> in(Map<String, byte[]> places, List<String> texts) {
    List<String> found = new ArrayList<>();
    places.forEach((place, bytes) -> {
      String haystack = new String(bytes, StandardCharsets.ISO_8859_1);
      String lower = haystack.toLowerCase(Locale.ROOT);
      for (String text : texts) {
        for (String form : forms(text)) {
          if (haystack.contains(form)) {
            found.add(text + " in " + place + " as " + form);
          }
        }
        if (lower.contains(latin(text.getBytes(StandardCharsets.UTF_8)).toLowerCase(Locale.ROOT))) {
          found.add(text + " in " + place + ", upper or lower case");
        }
        if (lower.contains(HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)))) {
          found.add(text + " in " + place + " as hexadecimal");
        }
      }
    });
    return found;
  }

  private static List<String> forms(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    List<String> forms = new ArrayList<>();
    forms.add(latin(text.getBytes(StandardCharsets.UTF_16BE)));
    forms.add(latin(text.getBytes(StandardCharsets.UTF_16LE)));
    forms.add(java.net.URLEncoder.encode(text, StandardCharsets.UTF_8));
    for (int offset = 0; offset < 3; offset++) {
      byte[] shifted = new byte[offset + utf8.length];
      System.arraycopy(utf8, 0, shifted, offset, utf8.length);
      String base64 = Base64.getEncoder().withoutPadding().encodeToString(shifted);
      // The first and last characters depend on the neighbours.
      String core = base64.substring(offset == 0 ? 0 : offset + 1, base64.length() - 1);
      forms.add(core);
      forms.add(core.replace('+', '-').replace('/', '_'));
    }
    return forms;
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
