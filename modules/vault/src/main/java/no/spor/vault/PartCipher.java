package no.spor.vault;

import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/// Seals and opens the bytes of one part (`FORMAT.md`, "Part").
final class PartCipher {
  private PartCipher() {}

  /// Where a part stands.
  ///
  /// @param body the header's body, exact bytes
  record Place(byte[] ledger, int index, byte[] body) {}

  /// @param pseudonym null where the kind has none
  static byte[] seal(
      Workbench bench,
      ContentKey key,
      PartHead head,
      @Nullable Pseudonym pseudonym,
      byte[] nonce,
      Place place,
      byte codec,
      byte[] content) {
    int padded = Padding.padded(content.length);
    byte[] part = new byte[head.ciphertextAt() + padded + Workbench.TAG_BYTES];
    head.write(part, pseudonym, key.commitment());
    System.arraycopy(nonce, 0, part, head.nonceAt(), nonce.length);
    byte[] plaintext = bench.scratch(padded);
    try {
      Padding.pad(codec, content, plaintext, padded);
      bench.encrypt(
          key.key(), nonce, plaintext, padded, part, head.ciphertextAt(), aad(part, head, place));
    } finally {
      bench.wipeScratch(padded);
    }
    return part;
  }

  /// Checks the commitment first: with another key nothing is decrypted.
  static Opened open(Workbench bench, ContentKey key, PartHead head, byte[] part, Place place) {
    if (!MessageDigest.isEqual(key.commitment(), head.commitment(part))) {
      return new Opened.Damaged();
    }
    byte[] plaintext;
    try {
      plaintext =
          bench.decrypt(
              key.key(), part, head.nonceAt(), head.ciphertextAt(), aad(part, head, place));
    } catch (AEADBadTagException e) {
      return new Opened.Damaged();
    }
    try {
      int length = Padding.contentLength(plaintext);
      return length < 0
          ? new Opened.Damaged()
          : new Opened.Clear(plaintext[0], Arrays.copyOfRange(plaintext, 1, length + 1));
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  private static Workbench.Aad aad(byte[] part, PartHead head, Place place) {
    return PartHead.aad(part, head.length(), place.ledger(), place.index(), place.body());
  }
}
