package no.spor.ledger.witness;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import no.spor.ledger.LedgerFormat;

/// What is asked of a witness: the body of `add-checkpoint` (C2SP `tlog-witness`). Immutable; the
/// arrays are never changed.
///
/// @param oldSize size of the checkpoint that the witness has cosigned last
/// @param proof consistency proof from that size to the checkpoint's (RFC 6962 §2.1.2)
/// @param note the checkpoint, a whole signed note
public record AddCheckpoint(long oldSize, List<byte[]> proof, String note) {
  /// Longest body that is looked at.
  public static final int MAX_BYTES = 256 * 1024;

  /// Most hashes of a proof.
  public static final int MAX_PROOF = 63;

  /// The body is none. The message quotes nothing of it.
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  public AddCheckpoint {
    proof = List.copyOf(proof);
  }

  static AddCheckpoint parse(byte[] body) throws MalformedException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException("the body is no UTF-8");
    }
    int blank = text.indexOf("\n\n");
    if (blank < 0) {
      throw new MalformedException("an empty line before the checkpoint is wanted");
    }
    String[] lines = text.substring(0, blank).split("\n", -1);
    if (lines.length - 1 > MAX_PROOF) {
      throw new MalformedException("the proof has more than 63 lines");
    }
    if (!lines[0].matches("old (0|[1-9][0-9]{0,18})")) {
      throw new MalformedException("the first line is not `old`, a space and a size");
    }
    List<byte[]> proof = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      proof.add(hash(lines[i]));
    }
    return new AddCheckpoint(size(lines[0].substring(4)), proof, text.substring(blank + 2));
  }

  private static long size(String digits) throws MalformedException {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new MalformedException("a size is below 2^63");
    }
  }

  private static byte[] hash(String line) throws MalformedException {
    try {
      byte[] hash = Base64.getDecoder().decode(line);
      if (hash.length == LedgerFormat.HASH_BYTES
          && Base64.getEncoder().encodeToString(hash).equals(line)) {
        return hash;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new MalformedException("a line of the proof is no hash of 32 bytes in Base 64");
  }

  byte[] body() {
    StringBuilder text = new StringBuilder("old ").append(oldSize).append('\n');
    for (byte[] hash : proof) {
      text.append(Base64.getEncoder().encodeToString(hash)).append('\n');
    }
    return text.append('\n').append(note).toString().getBytes(StandardCharsets.UTF_8);
  }
}
