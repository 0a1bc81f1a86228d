package no.spor.ledger;

import static no.spor.ledger.LedgerFormat.HASH_BYTES;
import static no.spor.ledger.LedgerFormat.SALT_BYTES;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;

/// Derives the salts of one block from its secret: HMAC-SHA-256 (RFC 2104) over the record's place.
/// Not thread-safe.
///
/// HMAC stands here over `MessageDigest`, for both padded keys are absorbed once a block and not
/// once a record, which halves its cost.
final class SaltSecret {
  private static final byte[] DOMAIN = "spor/salt/v1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HASHED_BYTES = 64;

  private final MessageDigest inner = LedgerFormat.sha256();
  private final MessageDigest outer = LedgerFormat.sha256();
  private final byte[] message = new byte[DOMAIN.length + 4];
  private final byte[] mac = new byte[HASH_BYTES];

  SaltSecret(byte[] secret) {
    pad(inner, secret, (byte) 0x36);
    pad(outer, secret, (byte) 0x5c);
    System.arraycopy(DOMAIN, 0, message, 0, DOMAIN.length);
  }

  private static void pad(MessageDigest digest, byte[] secret, byte pad) {
    if (secret.length > HASHED_BYTES) {
      throw new IllegalArgumentException("secret is longer than a block of the hash");
    }
    var padded = new byte[HASHED_BYTES];
    for (int i = 0; i < HASHED_BYTES; i++) {
      padded[i] = (byte) ((i < secret.length ? secret[i] : 0) ^ pad);
    }
    digest.update(padded);
  }

  /// Puts the salt of the record at this place of the block into `to`.
  void salt(int index, byte[] to, int offset) {
    Bytes.putInt(message, DOMAIN.length, index);
    hmac(message, mac);
    System.arraycopy(mac, 0, to, offset, SALT_BYTES);
  }

  void hmac(byte[] bytes, byte[] to) {
    try {
      var first = (MessageDigest) inner.clone();
      first.update(bytes);
      first.digest(to, 0, HASH_BYTES);
      var second = (MessageDigest) outer.clone();
      second.update(to, 0, HASH_BYTES);
      second.digest(to, 0, HASH_BYTES);
    } catch (CloneNotSupportedException | DigestException e) {
      throw new IllegalStateException("this Java platform's SHA-256 cannot be cloned", e);
    }
  }
}
