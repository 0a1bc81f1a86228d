package no.spor.ledger;

import static no.spor.ledger.LedgerFormat.FRAME_BYTES;
import static no.spor.ledger.LedgerFormat.HASH_BYTES;
import static no.spor.ledger.LedgerFormat.SALT_BYTES;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/// The ledger's hashes (`FORMAT.md`), over one digest that is used again and again. Not
/// thread-safe.
final class Hashes {
  private static final byte[] PARTS_DOMAIN = ascii("spor/parts/v1\n");
  private static final byte[] HEAD_DOMAIN = ascii("spor/head/v1\n");
  private static final byte[] HEADER_DOMAIN = ascii("spor/header/v1\n");
  private static final byte[] BLOCK_DOMAIN = ascii("spor/block/v1\n");
  private static final int SALT_OFFSET = HEADER_DOMAIN.length;
  private static final int HEAD_OFFSET = SALT_OFFSET + SALT_BYTES;
  private static final int PARTS_OFFSET = HEAD_OFFSET + HASH_BYTES;
  private static final int HEAD_BYTES = 117;
  private static final int ITEM_BYTES = 1 + HASH_BYTES;

  private final MessageDigest sha256 = LedgerFormat.sha256();

  /// What is hashed in one go: pieces cost more than what is in them. Begins with [#PARTS_DOMAIN].
  private byte[] joined = Arrays.copyOf(PARTS_DOMAIN, 128);

  private byte[] items = new byte[4 * ITEM_BYTES];

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// @return the digest over the digests of a draft's parts
  byte[] parts(List<DraftPart> parts) {
    if (items.length < parts.size() * ITEM_BYTES) {
      items = new byte[parts.size() * ITEM_BYTES];
    }
    int at = 0;
    for (var part : parts) {
      var bytes = part.bytes();
      if (bytes == null) {
        items[at++] = LedgerFormat.KIND_NONE;
      } else {
        items[at] = LedgerFormat.KIND_KEPT;
        PartGroups.update(sha256, bytes, 0, bytes.length);
        digest(items, at + 1);
        at += ITEM_BYTES;
      }
    }
    return parts(parts.size(), items, at);
  }

  /// @param items `dᵢ` of each part, one after the other
  byte[] parts(int count, byte[] items, int length) {
    int size = PARTS_DOMAIN.length + 2;
    if (joined.length < size + length) {
      joined = Arrays.copyOf(joined, 2 * (size + length));
    }
    Bytes.putShort(joined, PARTS_DOMAIN.length, count);
    System.arraycopy(items, 0, joined, size, length);
    sha256.update(joined, 0, size + length);
    return sha256.digest();
  }

  byte[] part(byte[] bytes, int offset, int length) {
    return PartGroups.digest(sha256, bytes, offset, length);
  }

  /// @return the whole header's bytes
  static byte[] assemble(byte[] salt, byte[] head, byte[] partsDigest, byte[] stored) {
    var header = new byte[FRAME_BYTES + stored.length];
    System.arraycopy(HEADER_DOMAIN, 0, header, 0, HEADER_DOMAIN.length);
    frame(salt, head, partsDigest, header);
    System.arraycopy(stored, 0, header, FRAME_BYTES, stored.length);
    return header;
  }

  private static void frame(byte[] salt, byte[] head, byte[] partsDigest, byte[] to) {
    System.arraycopy(salt, 0, to, SALT_OFFSET, SALT_BYTES);
    System.arraycopy(head, 0, to, HEAD_OFFSET, HASH_BYTES);
    System.arraycopy(partsDigest, 0, to, PARTS_OFFSET, HASH_BYTES);
  }

  /// @return `H(bytes)`
  byte[] plain(byte[] bytes) {
    return sha256.digest(bytes);
  }

  /// Puts `H(bytes)` into `to`.
  void plain(byte[] bytes, byte[] to, int offset) {
    sha256.update(bytes);
    digest(to, offset);
  }

  /// @return the head's hash, which every header of the block holds; what the head holds as the
  ///   block's hash plays no part in it
  byte[] head(BlockHead head) {
    var bytes = new byte[HEAD_BYTES];
    Bytes.putUuid(bytes, 0, head.ledger());
    Bytes.putLong(bytes, 16, head.number());
    Bytes.putLong(bytes, 24, head.firstPosition());
    Bytes.putInt(bytes, 32, head.count());
    System.arraycopy(head.previousHash(), 0, bytes, 36, HASH_BYTES);
    Bytes.putUuid(bytes, 68, head.commit());
    Bytes.putLong(bytes, 84, head.epoch());
    Bytes.putUuid(bytes, 92, head.keys().keyStore());
    Bytes.putLong(bytes, 108, head.keys().generation());
    bytes[116] = (byte) (head.control() ? 1 : 0);
    sha256.update(HEAD_DOMAIN);
    sha256.update(bytes);
    return sha256.digest();
  }

  /// @param head [#head]
  /// @return the block's hash
  byte[] block(byte[] head, byte[] entries) {
    sha256.update(BLOCK_DOMAIN);
    sha256.update(head);
    sha256.update(entries);
    return sha256.digest();
  }

  private void digest(byte[] to, int offset) {
    try {
      sha256.digest(to, offset, HASH_BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("no room for a hash", e);
    }
  }
}
