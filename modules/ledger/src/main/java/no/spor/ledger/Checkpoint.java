package no.spor.ledger;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What a ledger says of itself at one size: the note text of C2SP `tlog-checkpoint`. Whoever signs
/// it signs exactly [#text].
///
/// Immutable; the array is never changed. Equal where origin, size and root are.
///
/// @param origin names the ledger as others know it; one line, not empty
/// @param size number of entries
/// @param root RFC 6962 root hash over them, 32 bytes
public record Checkpoint(String origin, long size, byte[] root) {
  private static final int MAX_TEXT = 16 * 1024;

  /// @throws IllegalArgumentException where a part could not stand in a note
  public Checkpoint {
    if (origin.isEmpty() || !isLine(origin)) {
      throw new IllegalArgumentException("an origin is one line, not empty");
    }
    if (size < 0 || root.length != LedgerFormat.HASH_BYTES) {
      throw new IllegalArgumentException("a checkpoint has a size and a root of 32 bytes");
    }
  }

  /// @return three lines, each ended by U+000A: origin, decimal size, base64 root
  public String text() {
    return origin + '\n' + size + '\n' + Base64.getEncoder().encodeToString(root) + '\n';
  }

  /// Reads the text of a note. Extension lines after the third are passed over, as the
  /// specification has it; who signs or verifies does so over the text as it came.
  ///
  /// @param text of the note, without the empty line and the signatures; [#textOf]
  /// @throws LedgerDamageException where it is no checkpoint
  public static Checkpoint parse(String text) {
    require(text.length() <= MAX_TEXT && text.endsWith("\n"));
    var lines = text.substring(0, text.length() - 1).split("\n", -1);
    require(lines.length >= 3);
    for (var line : lines) {
      require(!line.isEmpty() && isLine(line));
    }
    require(lines[1].matches("0|[1-9][0-9]{0,18}"));
    try {
      var root = Base64.getDecoder().decode(lines[2].getBytes(StandardCharsets.ISO_8859_1));
      require(root.length == LedgerFormat.HASH_BYTES);
      // One spelling of each root: a decoder alone lets stray bits and missing padding pass.
      require(Base64.getEncoder().encodeToString(root).equals(lines[2]));
      return new Checkpoint(lines[0], Long.parseLong(lines[1]), root);
    } catch (IllegalArgumentException e) {
      throw new LedgerDamageException("no checkpoint");
    }
  }

  /// @param note a signed note: text, an empty line, signature lines
  /// @return its text, whatever the signatures say
  /// @throws LedgerDamageException where it is no signed note
  public static String textOf(String note) {
    int end = note.lastIndexOf("\n\n");
    require(end > 0);
    return note.substring(0, end + 1);
  }

  /// Refuses what could only be a step back: a checkpoint of the same origin that is smaller, or as
  /// large with another root. Whether a larger one continues the smaller, its proof tells.
  ///
  /// @param previous null where there is none
  /// @throws IllegalArgumentException where this is a step back
  public void requireContinues(@Nullable Checkpoint previous) {
    if (previous != null
        && previous.origin.equals(origin)
        && (previous.size > size || previous.size == size && !previous.equals(this))) {
      throw new IllegalArgumentException("a checkpoint must not go back behind what is published");
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Checkpoint that
        && origin.equals(that.origin)
        && size == that.size
        && Arrays.equals(root, that.root);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(root) + Long.hashCode(size);
  }

  @Override
  public String toString() {
    return origin + " at " + size;
  }

  private static boolean isLine(String text) {
    return text.chars().noneMatch(c -> c < 0x20 || c == 0x7f);
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new LedgerDamageException("no checkpoint");
    }
  }
}
