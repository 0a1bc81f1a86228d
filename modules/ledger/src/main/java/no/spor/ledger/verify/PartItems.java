package no.spor.ledger.verify;

import java.util.Arrays;
import java.util.List;
import no.spor.ledger.Block.PartGroup;
import org.jspecify.annotations.Nullable;

/// Where the parts of a block's records lie in its groups (`FORMAT.md`, "Part group"). Used again
/// for one block after the other; not thread-safe.
final class PartItems {
  private static final int MAX_PARTS = 255;
  private static final int MAX_PART_BYTES = 512 * 1024;
  private static final int FIELDS = 4;

  private int[] starts = new int[257];
  private int[] items = new int[1024];

  /// As they lie in the groups: record and part, then the fields of an item.
  private int[] found = new int[1280];

  private int size;

  /// What was read of one group.
  private int at;

  /// @param count how many records the block has
  /// @return what is wrong with the groups; null where they are in form
  @Nullable String read(List<PartGroup> groups, int count) {
    if (starts.length <= count) {
      starts = new int[count + 1];
    }
    Arrays.fill(starts, 0, count + 1, 0);
    size = 0;
    for (int g = 0; g < groups.size(); g++) {
      for (int other = 0; other < g; other++) {
        if (groups.get(other).label().equals(groups.get(g).label())) {
          return "two groups have one label";
        }
      }
      var flaw = readGroup(groups.get(g).bytes(), g, count);
      if (flaw != null) {
        return flaw;
      }
    }
    for (int i = 0; i < count; i++) {
      starts[i + 1] += starts[i];
    }
    if (items.length < FIELDS * starts[count]) {
      items = new int[FIELDS * starts[count]];
    }
    Arrays.fill(items, 0, FIELDS * starts[count], 0);
    for (int i = 0; i < size; i += 1 + FIELDS) {
      if (!put(found[i] >>> 8, found[i] & 0xff, i + 1)) {
        return "a part is missing or there twice";
      }
    }
    return null;
  }

  private @Nullable String readGroup(byte[] group, int number, int count) {
    if (group.length == 0 || group[0] != 1) {
      return "a group is of unknown version";
    }
    at = 1;
    int before = -1;
    while (at < group.length) {
      if (group.length - at < 4) {
        return "a group ends within an item";
      }
      int record = (group[at] & 0xff) << 8 | group[at + 1] & 0xff;
      int part = group[at + 2] & 0xff;
      int kind = group[at + 3];
      at += 4;
      if (record >= count || part >= MAX_PARTS) {
        return "a part of a record that is not there";
      }
      if ((record << 8 | part) <= before) {
        return "parts are not in order";
      }
      before = record << 8 | part;
      int length = length(group, kind);
      if (length < 0 || length > group.length - at) {
        return "a part of impossible kind or length";
      }
      starts[record + 1]++;
      keep(before, number, kind, length);
      at += length;
    }
    return before < 0 ? "a group without parts" : null;
  }

  private void keep(int recordAndPart, int group, int kind, int length) {
    if (found.length < size + 1 + FIELDS) {
      found = Arrays.copyOf(found, 2 * found.length);
    }
    found[size] = recordAndPart;
    found[size + 1] = group;
    found[size + 2] = kind;
    found[size + 3] = at;
    found[size + 4] = length;
    size += 1 + FIELDS;
  }

  private int length(byte[] group, int kind) {
    if (kind == BlockView.NONE) {
      return 0;
    }
    if (kind == BlockView.DROPPED) {
      return Sha256.BYTES;
    }
    if (kind != BlockView.KEPT || group.length - at < 4) {
      return -1;
    }
    int length =
        (group[at] & 0xff) << 24
            | (group[at + 1] & 0xff) << 16
            | (group[at + 2] & 0xff) << 8
            | group[at + 3] & 0xff;
    at += 4;
    return length > 0 && length <= MAX_PART_BYTES ? length : -1;
  }

  private boolean put(int record, int part, int fields) {
    int item = starts[record] + part;
    if (item >= starts[record + 1] || items[FIELDS * item + 2] != 0) {
      return false;
    }
    System.arraycopy(found, fields, items, FIELDS * item, FIELDS);
    return true;
  }

  int count(int record) {
    return starts[record + 1] - starts[record];
  }

  int group(int record, int part) {
    return items[FIELDS * (starts[record] + part)];
  }

  int kind(int record, int part) {
    return items[FIELDS * (starts[record] + part) + 1];
  }

  int offset(int record, int part) {
    return items[FIELDS * (starts[record] + part) + 2];
  }

  int length(int record, int part) {
    return items[FIELDS * (starts[record] + part) + 3];
  }
}
