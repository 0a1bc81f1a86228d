package no.spor.vault;

import org.jspecify.annotations.Nullable;

/// What a sealed part shows to whoever holds it, without any key (`FORMAT.md`, "Part").
public final class SealedPart {
  private SealedPart() {}

  /// Looks without making sure: for who goes through very many parts to find few.
  ///
  /// @param offset where a part begins in the bytes
  /// @param length how many bytes it has
  /// @return the pseudonym that stands there; null where the bytes are no person's part
  public static @Nullable Pseudonym pseudonymAt(byte[] bytes, int offset, int length) {
    return PartHead.personal(bytes, offset, length)
        ? Pseudonym.at(bytes, offset + PartHead.PSEUDONYM_AT)
        : null;
  }

  /// @return the pseudonym of the person whose part it is; null for a part that is nobody's
  /// @throws IllegalArgumentException for bytes that are no part of a known version
  public static @Nullable Pseudonym pseudonymOf(byte[] part) {
    PartHead head = PartHead.read(part);
    if (head == null) {
      throw new IllegalArgumentException("no part of a known version");
    }
    return head.kind().personal() ? head.pseudonym(part) : null;
  }
}
