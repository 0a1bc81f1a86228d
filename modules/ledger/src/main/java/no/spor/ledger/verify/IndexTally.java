package no.spor.ledger.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import no.spor.ledger.Block;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.Tag;

/// Compares what a store finds blocks by with what the blocks hold, without keeping either: for
/// each span of blocks the sum of the rows' hashes. Where sums differ, that span is looked at row
/// by row. Not thread-safe.
final class IndexTally {
  private static final int SPAN = 512;

  private final Sha256 sha256 = new Sha256();
  private final byte[] hash = new byte[Sha256.BYTES];
  private final Map<Long, long[]> sums = new TreeMap<>();

  void add(Block block) {
    long number = block.head().number();
    for (var row : rows(block)) {
      add(sums, number, row, 1);
    }
  }

  private static List<String> rows(Block block) {
    var rows = new ArrayList<String>();
    if (block.head().control()) {
      rows.add("control");
    }
    block.tags().forEach(tag -> rows.add(text(tag)));
    block.groups().forEach(group -> rows.add(text(group.label())));
    return rows;
  }

  private static String text(Tag tag) {
    return "tag " + tag.high() + " " + tag.low();
  }

  private static String text(String label) {
    return "label " + label;
  }

  private void add(Map<Long, long[]> to, long block, String row, int sign) {
    sha256
        .with(ByteBuffer.allocate(Long.BYTES).putLong(block).array())
        .with(row.getBytes(StandardCharsets.UTF_8))
        .to(hash, 0);
    var sum = to.computeIfAbsent(block / SPAN, span -> new long[2]);
    sum[0] += sign * BlockCheck.i64(hash, 0);
    sum[1] += sign * BlockCheck.i64(hash, 8);
  }

  /// Holds the store's rows against the blocks before number `end`.
  void compare(BlockSource source, long end, Findings findings) {
    var difference = new TreeMap<Long, long[]>();
    sums.forEach((span, sum) -> difference.put(span, sum.clone()));
    boolean kept =
        source.index(
            new Rows(end, findings) {
              @Override
              void row(long block, String row) {
                add(difference, block, row, -1);
              }
            });
    if (!kept) {
      return;
    }
    difference.forEach((span, sum) -> {
      if (sum[0] != 0 || sum[1] != 0) {
        look(source, span, end, findings);
      }
    });
  }

  private static void look(BlockSource source, long span, long end, Findings findings) {
    Set<String> wrong = new HashSet<>();
    Set<Long> unreadable = new HashSet<>();
    long first = span * SPAN;
    for (long number = first; number < Math.min(end, first + SPAN); number++) {
      try {
        for (var block : source.blocks(number, 1)) {
          if (block.head().number() == number) {
            rows(block).forEach(row -> wrong.add(block.head().number() + " " + row));
          }
        }
      } catch (LedgerDamageException damaged) {
        unreadable.add(number); // which has been found; what it should be found by cannot be known
      }
    }
    source.index(
        new Rows(end, new Findings()) {
          @Override
          void row(long block, String row) {
            if (block / SPAN == span
                && !unreadable.contains(block)
                && !wrong.remove(block + " " + row)) {
              wrong.add(block + " " + row);
            }
          }
        });
    for (var row : wrong) {
      int space = row.indexOf(' ');
      findings.add(
          Finding.ofBlock(
              FindingKind.INDEX,
              Long.parseLong(row.substring(0, space)),
              "the store's index and the block differ: " + row.substring(space + 1)));
    }
  }

  void save(DataOutput out) throws IOException {
    out.writeInt(sums.size());
    for (var entry : sums.entrySet()) {
      out.writeLong(entry.getKey());
      out.writeLong(entry.getValue()[0]);
      out.writeLong(entry.getValue()[1]);
    }
  }

  void restore(DataInput in) throws IOException {
    sums.clear();
    for (int left = in.readInt(); left > 0; left--) {
      sums.put(in.readLong(), new long[] {in.readLong(), in.readLong()});
    }
  }

  /// The rows of blocks that were looked at.
  private abstract static class Rows implements BlockSource.IndexRows {
    private final long end;
    private final Findings findings;

    Rows(long end, Findings findings) {
      this.end = end;
      this.findings = findings;
    }

    abstract void row(long block, String row);

    private void ofBlock(long block, String row) {
      if (block < 0) {
        broken("a row names block " + block);
      } else if (block < end) {
        row(block, row);
      }
    }

    @Override
    public void control(long block) {
      ofBlock(block, "control");
    }

    @Override
    public void tag(Tag tag, long block) {
      ofBlock(block, text(tag));
    }

    @Override
    public void label(String label, long block) {
      ofBlock(block, text(label));
    }

    @Override
    public void broken(String detail) {
      findings.add(Finding.ofLedger(FindingKind.INDEX, detail));
    }
  }
}
