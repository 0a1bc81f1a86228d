package no.spor.ledger.tree;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.LedgerFormat;
import org.jspecify.annotations.Nullable;

/// C2SP `tlog-proof`: that something stands in the log, checkable by whoever has the log's public
/// key and nothing else.
///
/// @param index of the entry
/// @param path its inclusion proof in the checkpoint's tree, from the leaf's sibling up
/// @param extra the header's bytes, from which alone the verifier derives the leaf; null for none
/// @param note the signed checkpoint, as it was published
public record TlogProof(long index, List<byte[]> path, byte @Nullable [] extra, String note) {
  private static final String FIRST = "c2sp.org/tlog-proof@v1\n";
  private static final int MAX_TEXT = 128 * 1024;
  private static final int MAX_PATH = 63;

  public TlogProof {
    path = List.copyOf(path);
  }

  /// @return the proof as text, lines ended by U+000A
  public String text() {
    var text = new StringBuilder(FIRST);
    if (extra != null) {
      text.append("extra ").append(base64(extra)).append('\n');
    }
    text.append("index ").append(index).append('\n');
    for (var hash : path) {
      text.append(base64(hash)).append('\n');
    }
    return text.append('\n').append(note).toString();
  }

  /// Reads a proof; says nothing of whether it holds.
  ///
  /// @throws LedgerDamageException where it is none, or not in its one spelling
  public static TlogProof parse(String text) {
    int end = text.indexOf("\n\n");
    if (!text.startsWith(FIRST) || text.length() > MAX_TEXT || end < FIRST.length()) {
      throw damage();
    }
    var lines = text.substring(FIRST.length(), end).split("\n", -1);
    int next = 0;
    byte[] extra = null;
    if (lines[0].startsWith("extra ")) {
      extra = bytes(lines[next++].substring("extra ".length()));
    }
    if (next == lines.length || !lines[next].matches("index (0|[1-9][0-9]{0,17})")) {
      throw damage();
    }
    long index = Long.parseLong(lines[next++].substring("index ".length()));
    var path = new ArrayList<byte[]>();
    for (; next < lines.length; next++) {
      path.add(bytes(lines[next]));
      if (path.getLast().length != LedgerFormat.HASH_BYTES || path.size() > MAX_PATH) {
        throw damage();
      }
    }
    return new TlogProof(index, path, extra, text.substring(end + 2));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] bytes(String text) {
    try {
      var bytes = Base64.getDecoder().decode(text.getBytes(StandardCharsets.UTF_8));
      if (base64(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw damage();
    }
    throw damage();
  }

  private static LedgerDamageException damage() {
    return new LedgerDamageException("no tlog-proof");
  }
}
