package no.spor.vault;

import org.jspecify.annotations.Nullable;

/// What a sealed part shows to whoever holds it, without any key (`FORMAT.md`, "Part").
public final class SealedPart {
  private SealedPart() {}

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
