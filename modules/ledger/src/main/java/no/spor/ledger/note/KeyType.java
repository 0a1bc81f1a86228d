package no.spor.ledger.note;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What a key's signatures are over, and the byte that stands for it (C2SP `signed-note`,
/// "Signature types").
public enum KeyType {
  /// Ed25519 over the note's text.
  ED25519(1),
  /// Ed25519 over a time and a checkpoint's text: `cosignature/v1` of C2SP `tlog-cosignature`.
  COSIGNATURE(4);

  private static final int TIME_BYTES = 8;

  private final byte code;

  KeyType(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  int signatureBytes() {
    return Ed25519.SIGNATURE_BYTES + (this == COSIGNATURE ? TIME_BYTES : 0);
  }

  static @Nullable KeyType ofCode(byte code) {
    for (KeyType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }

  /// What a cosignature signs.
  static byte[] cosigned(long epochSecond, byte[] text) {
    byte[] head =
        ("cosignature/v1\ntime " + epochSecond + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] message = new byte[head.length + text.length];
    System.arraycopy(head, 0, message, 0, head.length);
    System.arraycopy(text, 0, message, head.length, text.length);
    return message;
  }
}
