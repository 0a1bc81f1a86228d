package no.spor.ledger.note;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What notes are written with: strict UTF-8, strict Base 64, names without spaces.
final class NoteText {
  private static final int NEXT_LINE = 0x85;

  private NoteText() {}

  /// @throws NoteException where the bytes are no UTF-8
  static String ofUtf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new NoteException(NoteException.Kind.MALFORMED, "the note is no UTF-8");
    }
  }

  /// @throws NoteException for a lone surrogate
  static byte[] utf8(String text) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] out = new byte[bytes.remaining()];
      bytes.get(out);
      return out;
    } catch (CharacterCodingException e) {
      throw new NoteException(NoteException.Kind.MALFORMED, "the text has no UTF-8");
    }
  }

  static boolean holdsControls(String text) {
    return text.chars().anyMatch(c -> c < ' ' && c != '\n');
  }

  /// Not empty, no Unicode space, no plus, and nothing that a note cannot hold.
  static boolean isName(String name) {
    return !name.isEmpty()
        && name.codePoints()
            .noneMatch(c ->
                c == '+'
                    || c < ' '
                    || c == NEXT_LINE
                    || Character.isSpaceChar(c)
                    || Character.isWhitespace(c)
                    || Character.getType(c) == Character.SURROGATE);
  }

  /// @return null where it is not the one Base 64 of its bytes (RFC 4648 §4, padded, §3.5)
  static byte @Nullable [] base64(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      return base64(bytes).equals(text) ? bytes : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
