package no.spor.ledger.verify;

/// One thing that is wrong, and where.
///
/// @param block number of the block; −1 where it is none's
/// @param position of the record in the ledger; −1 where it is none's
/// @param part index of the part in its record; −1 where it is none's
/// @param detail what is wrong there, in words; nothing personal
public record Finding(FindingKind kind, long block, long position, int part, String detail) {
  private static final long NOWHERE = -1;

  static Finding ofLedger(FindingKind kind, String detail) {
    return new Finding(kind, NOWHERE, NOWHERE, -1, detail);
  }

  public static Finding ofBlock(FindingKind kind, long block, String detail) {
    return new Finding(kind, block, NOWHERE, -1, detail);
  }

  static Finding ofPosition(FindingKind kind, long position, String detail) {
    return new Finding(kind, NOWHERE, position, -1, detail);
  }

  public static Finding ofRecord(FindingKind kind, long block, long position, String detail) {
    return new Finding(kind, block, position, -1, detail);
  }

  /// @return for instance `record block 12, position 3071, part 1: …`
  @Override
  public String toString() {
    var text = new StringBuilder(kind.label());
    var comma = " ";
    if (block >= 0) {
      text.append(" block ").append(block);
      comma = ", ";
    }
    if (position >= 0) {
      text.append(comma).append("position ").append(position);
      comma = ", ";
    }
    if (part >= 0) {
      text.append(comma).append("part ").append(part);
    }
    return text.append(": ").append(detail).toString();
  }
}
