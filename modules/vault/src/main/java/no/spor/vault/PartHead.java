package no.spor.vault;

import java.nio.ByteBuffer;
import java.util.UUID;
import no.spor.activity.Role;
import org.jspecify.annotations.Nullable;

/// Where the fields of a sealed part lie (`FORMAT.md`, "Part").
///
/// @param length bytes before the nonce: what the associated data begins with
record PartHead(KeyKind kind, Role role, int length) {
  static final byte VERSION = 1;
  static final int PSEUDONYM_AT = 3;
  private static final int LEDGER_BYTES = 16;
  private static final KeyKind[] KINDS = KeyKind.values();
  private static final Role[] ROLES = Role.values();

  /// By kind and role.
  private static final PartHead[][] HEADS = heads();

  static PartHead of(KeyKind kind, Role role) {
    return HEADS[kind.ordinal()][role.ordinal()];
  }

  private static PartHead[][] heads() {
    PartHead[][] heads = new PartHead[KINDS.length][ROLES.length];
    for (KeyKind kind : KINDS) {
      int pseudonym = kind.personal() ? Pseudonym.BYTES : 0;
      for (Role role : ROLES) {
        heads[kind.ordinal()][role.ordinal()] =
            new PartHead(kind, role, PSEUDONYM_AT + pseudonym + Workbench.HASH_BYTES);
      }
    }
    return heads;
  }

  /// @return null for bytes that are no part of version 1: unknown version, kind or role, kind and
  ///   role that do not go together, too short
  static @Nullable PartHead read(byte[] part) {
    if (part.length < PSEUDONYM_AT || part[0] != VERSION || part[1] < 1 || part[1] > KINDS.length) {
      return null;
    }
    KeyKind kind = KINDS[part[1] - 1];
    for (Role role : ROLES) {
      if (role.code() == part[2] && kind.fits(role)) {
        PartHead head = of(kind, role);
        int sealed = part.length - head.ciphertextAt() - Workbench.TAG_BYTES;
        return sealed >= Padding.padded(0) ? head : null;
      }
    }
    return null;
  }

  /// @return whether the bytes begin as a person's part does
  static boolean personal(byte[] bytes, int offset, int length) {
    return length > PSEUDONYM_AT + Pseudonym.BYTES
        && bytes[offset] == VERSION
        && (bytes[offset + 1] == KeyKind.HISTORY.code()
            || bytes[offset + 1] == KeyKind.ACCOUNT.code());
  }

  void write(byte[] out, @Nullable Pseudonym pseudonym, byte[] commitment) {
    out[0] = VERSION;
    out[1] = kind.code();
    out[2] = (byte) role.code();
    if (kind.personal()) {
      if (pseudonym == null) {
        throw new IllegalArgumentException("a person's part has a pseudonym");
      }
      pseudonym.write(out, PSEUDONYM_AT);
    }
    System.arraycopy(commitment, 0, out, length - Workbench.HASH_BYTES, Workbench.HASH_BYTES);
  }

  int nonceAt() {
    return length;
  }

  int ciphertextAt() {
    return length + Workbench.NONCE_BYTES;
  }

  Pseudonym pseudonym(byte[] part) {
    return Pseudonym.at(part, PSEUDONYM_AT);
  }

  byte[] commitment(byte[] part) {
    return java.util.Arrays.copyOfRange(part, length - Workbench.HASH_BYTES, length);
  }

  static int aadLength(int headLength, byte[] body) {
    return headLength + LEDGER_BYTES + 1 + body.length;
  }

  /// What a part is bound to: its own head, the ledger, its place in the record, the header's body.
  ///
  /// @param to gets it, from the first byte on
  static void aad(byte[] part, int headLength, PartCipher.Place place, byte[] to) {
    System.arraycopy(part, 0, to, 0, headLength);
    System.arraycopy(place.ledger(), 0, to, headLength, LEDGER_BYTES);
    to[headLength + LEDGER_BYTES] = (byte) place.index();
    System.arraycopy(place.body(), 0, to, headLength + LEDGER_BYTES + 1, place.body().length);
  }

  static byte[] bytes(UUID id) {
    return ByteBuffer.allocate(16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }
}
