package no.spor.ledger.witness;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import no.spor.ledger.note.KeyType;
import no.spor.ledger.note.NoteVerifier;

/// Where a witness is reached, and the key that its cosignatures are checked with.
///
/// @param url what `/add-checkpoint` and `/<origin hash>/checkpoint` are put after
public record WitnessAddress(URI url, NoteVerifier key) {

  /// Reads `URL VKEY`, several separated by commas; nothing for none.
  ///
  /// @throws IllegalArgumentException where that is none; the message says what is wanted
  public static List<WitnessAddress> parse(String text) {
    List<WitnessAddress> all = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      if (!one.isBlank()) {
        all.add(one(one.strip()));
      }
    }
    if (!text.isBlank() && all.stream().map(WitnessAddress::key).distinct().count() < all.size()) {
      throw new IllegalArgumentException("a witness is named twice");
    }
    return List.copyOf(all);
  }

  private static WitnessAddress one(String text) {
    String[] pieces = text.split("\\s+");
    if (pieces.length != 2) {
      throw wanted(text);
    }
    try {
      URI url = new URI(pieces[0].replaceAll("/+$", ""));
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (!http
          || url.getHost() == null
          || url.getRawQuery() != null
          || url.getRawFragment() != null
          || url.getRawUserInfo() != null) {
        throw wanted(text);
      }
      NoteVerifier key = NoteVerifier.of(pieces[1]);
      if (key.type() != KeyType.COSIGNATURE) {
        throw new IllegalArgumentException(
            "a witness's key is of type 4 (Ed25519 cosignature), and not a log's");
      }
      return new WitnessAddress(url, key);
    } catch (URISyntaxException e) {
      throw wanted(text);
    }
  }

  private static IllegalArgumentException wanted(String text) {
    return new IllegalArgumentException(
        "a witness is its URL (http or https), a space, and its verifier key, and not: " + text);
  }

  @Override
  public String toString() {
    return key.name();
  }
}
