package no.spor.ledger;

import java.util.ArrayList;
import java.util.List;
import no.spor.ledger.LedgerRecord.RecordPart;

/// A block that was built, and whose drafts it holds.
///
/// @param headers the whole header of each record
/// @param sequences the sequence of each record
record PlannedBlock(
    Block block,
    List<byte[]> headers,
    List<AppendCall.Item> items,
    long[] sequences,
    long recordedAtMillis) {

  /// @return the block's records, without reading back what was just written
  List<LedgerRecord> records() {
    long position = block.head().firstPosition();
    var records = new ArrayList<LedgerRecord>(items.size());
    for (int i = 0; i < items.size(); i++) {
      var draft = items.get(i).prepared().draft();
      records.add(
          new LedgerRecord(
              position + i,
              draft.stream(),
              sequences[i],
              recordedAtMillis,
              headers.get(i),
              draft.body(),
              parts(draft)));
    }
    return records;
  }

  private static List<RecordPart> parts(Draft draft) {
    var parts = new RecordPart[draft.parts().size()];
    for (int i = 0; i < parts.length; i++) {
      byte[] bytes = draft.parts().get(i).bytes();
      parts[i] = bytes == null ? new RecordPart.None() : new RecordPart.Kept(bytes);
    }
    return List.of(parts);
  }

  /// The block stands: its drafts are appended.
  void decide() {
    long position = block.head().firstPosition();
    for (int i = 0; i < items.size(); i++) {
      var item = items.get(i);
      item.call().decide(item.index(), new Outcome.Appended(position + i, sequences[i]));
    }
  }
}
