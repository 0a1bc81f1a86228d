package no.spor.ledger.verify;

import static no.spor.ledger.verify.Sha256.BYTES;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/// Where the salts of one block come from, in either stored form. HMAC (RFC 2104) stands here over
/// `MessageDigest`: both padded keys are hashed once a block and not once a record. Used for one
/// block after the other; not thread-safe.
final class Salts {
  private static final byte[] DOMAIN = BlockCheck.ascii("spor/salt/v1\n");
  private static final int HASHED_BYTES = 64;
  static final int SALT_BYTES = 16;

  private final MessageDigest inner = Sha256.digest();
  private final MessageDigest outer = Sha256.digest();
  private final byte[] pad = new byte[HASHED_BYTES];
  private final byte[] message = Arrays.copyOf(DOMAIN, DOMAIN.length + 4);
  private final byte[] mac = new byte[BYTES];
  private byte[] stored = new byte[0];
  private boolean derived;

  /// @return whether they are in form
  boolean of(byte[] salts, int count) {
    stored = salts;
    derived = salts.length == 1 + BYTES && salts[0] == 1;
    if (derived) {
      key(inner, (byte) 0x36);
      key(outer, (byte) 0x5c);
      return true;
    }
    return salts.length == 1 + count * SALT_BYTES && salts[0] == 2;
  }

  private void key(MessageDigest digest, byte padding) {
    Arrays.fill(pad, padding);
    for (int i = 0; i < BYTES; i++) {
      pad[i] ^= stored[1 + i];
    }
    digest.reset();
    digest.update(pad);
  }

  void put(int index, byte[] to, int offset) {
    if (!derived) {
      System.arraycopy(stored, 1 + index * SALT_BYTES, to, offset, SALT_BYTES);
      return;
    }
    int at = DOMAIN.length;
    message[at] = (byte) (index >> 24);
    message[at + 1] = (byte) (index >> 16);
    message[at + 2] = (byte) (index >> 8);
    message[at + 3] = (byte) index;
    try {
      var first = (MessageDigest) inner.clone();
      first.update(message);
      first.digest(mac, 0, BYTES);
      var second = (MessageDigest) outer.clone();
      second.update(mac);
      second.digest(mac, 0, BYTES);
    } catch (CloneNotSupportedException | DigestException e) {
      throw new IllegalStateException("this Java platform's SHA-256 cannot be cloned", e);
    }
    System.arraycopy(mac, 0, to, offset, SALT_BYTES);
  }

  /// @return whether nothing is left of a dropped header's salt
  boolean gone(int index) {
    if (derived) {
      return false;
    }
    for (int i = 0; i < SALT_BYTES; i++) {
      if (stored[1 + index * SALT_BYTES + i] != 0) {
        return false;
      }
    }
    return true;
  }
}
