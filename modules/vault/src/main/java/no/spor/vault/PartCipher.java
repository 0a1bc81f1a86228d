package no.spor.vault;

import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/// Seals and opens the bytes of one part (`FORMAT.md`, "Part").
final class PartCipher {
  private PartCipher() {}

  /// Where a part stands.
  ///
  /// @param body the header's body, exact bytes
  record Place(byte[] ledger, int index, byte[] body) {}

  /// @param pseudonym null where the kind has none
  /// @param nonces holds the nonce, from `nonceFrom` on
  static byte[] seal(
      Workbench bench,
      ContentKey key,
      PartHead head,
      @Nullable Pseudonym pseudonym,
      byte[] nonces,
      int nonceFrom,
      Place place,
      byte codec,
      byte[] content) {
    int padded = Padding.padded(content.length);
    byte[] part = new byte[head.ciphertextAt() + padded + Workbench.TAG_BYTES];
    head.write(part, pseudonym, key.commitment());
    System.arraycopy(nonces, nonceFrom, part, head.nonceAt(), Workbench.NONCE_BYTES);
    int aadLength = PartHead.aadLength(head.length(), place.body());
    byte[] aad = bench.bound(aadLength);
    PartHead.aad(part, head.length(), place, aad);
    byte[] plaintext = bench.scratch(padded);
    try {
      Padding.pad(codec, content, plaintext, padded);
      bench.encrypt(
          head.kind().personal() ? 0 : 1,
          key.key(),
          new GCMParameterSpec(Workbench.TAG_BYTES * 8, nonces, nonceFrom, Workbench.NONCE_BYTES),
          plaintext,
          padded,
          part,
          head.ciphertextAt(),
          aad,
          aadLength);
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
      byte[] aad = new byte[PartHead.aadLength(head.length(), place.body())];
      PartHead.aad(part, head.length(), place, aad);
      plaintext = bench.decrypt(key.key(), part, head.nonceAt(), head.ciphertextAt(), aad);
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
}
