package no.spor.ledger;

import java.util.List;
import java.util.Set;

/// A committed or proposed block: the unit of commit. Immutable; the arrays are never changed.
///
/// @param head what its hash covers
/// @param entries `H(header)` of each record, 32 bytes each, in order
/// @param salts where the records' salts come from, in stored form (`FORMAT.md`, "Block")
/// @param headers the stored headers (bytes from offset 95 on), in order
/// @param groups the part groups, one a drop label, in stored form (`FORMAT.md`, "Part group")
/// @param tags tags of its records, without repetition
public record Block(
    BlockHead head,
    byte[] entries,
    byte[] salts,
    List<byte[]> headers,
    List<PartGroup> groups,
    Set<Tag> tags) {

  /// @return how many bytes it is, without its head
  long bytes() {
    long bytes = entries.length + salts.length;
    for (var header : headers) {
      bytes += header.length;
    }
    for (var group : groups) {
      bytes += group.bytes().length;
    }
    return bytes;
  }

  /// All parts of a block that share a drop label.
  ///
  /// @param bytes stored form: what is kept, dropped and none of the group's parts
  public record PartGroup(String label, byte[] bytes) {}
}
