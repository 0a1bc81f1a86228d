package no.spor.rights;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import no.spor.activity.HeaderBody;
import no.spor.activity.TimelineEntry;
import no.spor.activity.TimelineStore;
import no.spor.ledger.Block;
import no.spor.ledger.BlockReader;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.PartAddress;
import no.spor.ledger.axon.StreamedRecord;
import no.spor.vault.PeriodId;
import no.spor.vault.Pseudonym;
import no.spor.vault.SealedPart;
import org.jspecify.annotations.Nullable;

/// Drops the parts of periods that are under a mark of expiry, and takes the links to them out of
/// the timeline: the person's timeline leads to them no more. Used by one thread.
///
/// The blocks are found by their labels, the parts by what the records' headers say: labels name no
/// tenant. Only what a recorded mark covers is dropped, so that a verifier finds each missing part
/// accounted for. Can be stopped and repeated at any point.
final class ExpiredParts {
  private static final int BLOCKS = 64;
  private static final long PAUSE_NANOS = 10_000_000;

  private final Ledger ledger;
  private final LedgerStore blocks;
  private final TimelineStore view;
  private final LongSupplier viewApplied;
  private final long end;
  private final BooleanSupplier stop;
  private final Map<PeriodId.Series, Integer> marks;

  private boolean all = true;
  private int parts;
  private int links;

  /// @param viewApplied every record below this position is in the view; later ones than at first
  ///   are left for later: what the view is yet to read would lead to them again
  /// @param stop asked before each block
  /// @param marks the first day kept, of all series that have a recorded mark
  ExpiredParts(
      Ledger ledger,
      LedgerStore blocks,
      TimelineStore view,
      LongSupplier viewApplied,
      BooleanSupplier stop,
      Map<PeriodId.Series, Integer> marks) {
    this.ledger = ledger;
    this.blocks = blocks;
    this.view = view;
    this.viewApplied = viewApplied;
    this.end = viewApplied.getAsLong();
    this.stop = stop;
    this.marks = marks;
  }

  int parts() {
    return parts;
  }

  int links() {
    return links;
  }

  /// What is to be looked through of a series.
  ///
  /// @param from first day that may have parts; [PeriodsOver#NOTHING] where the class's label says
  ///   no day
  record Span(PeriodId.Series series, int from, int end) {}

  /// @return whether everything was looked through
  boolean drop(List<Span> spans) {
    TreeSet<String> labels = new TreeSet<>();
    for (Span span : spans) {
      String retention = span.series().retention();
      if (span.from() == PeriodsOver.NOTHING) {
        labels.add(retention);
      }
      for (int day = span.from(); day < span.end() && span.from() != PeriodsOver.NOTHING; day++) {
        labels.add(retention + '/' + LocalDate.ofEpochDay(day));
      }
    }
    for (String label : labels) {
      long from = 0;
      List<Long> numbers;
      do {
        numbers = blocks.labelledBlocks(label, from, BLOCKS);
        for (long number : numbers) {
          if (stop.getAsBoolean()) {
            return false;
          }
          drop(number);
          from = number + 1;
        }
      } while (numbers.size() == BLOCKS);
    }
    return all;
  }

  private void drop(long number) {
    for (Block block : blocks.blocks(number, 1)) {
      if (block.head().endPosition() > end) {
        all = false;
        return;
      }
      List<PartAddress> addresses = new ArrayList<>();
      List<TimelineEntry> entries = new ArrayList<>();
      for (LedgerRecord record : new BlockReader(block).records()) {
        HeaderBody header = StreamedRecord.headerOf(record);
        if (expired(header)) {
          int index = Math.toIntExact(record.position() - block.head().firstPosition());
          for (int part = 0; part < record.parts().size(); part++) {
            if (record.parts().get(part) instanceof RecordPart.Kept) {
              addresses.add(new PartAddress(index, part));
            }
          }
          TimelineEntry entry = entry(record, header);
          if (!entry.pseudonyms().isEmpty()) {
            entries.add(entry);
          }
        }
      }
      if (!addresses.isEmpty()) {
        links += view.unlink(entries);
        parts += ledger.drop(number, addresses);
        awaitView(block.head().endPosition());
        links += view.unlink(entries); // where a rebuild had read the parts before
      }
    }
  }

  /// While the view is built anew, what it has read before may still come.
  private void awaitView(long position) {
    while (viewApplied.getAsLong() < position && !stop.getAsBoolean()) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private boolean expired(HeaderBody header) {
    @Nullable Integer mark =
        marks.get(new PeriodId.Series(header.tenant(), header.retention(), header.policyVersion()));
    return mark != null && header.day() < mark;
  }

  private static TimelineEntry entry(LedgerRecord record, HeaderBody header) {
    Set<Pseudonym> pseudonyms = new LinkedHashSet<>();
    for (RecordPart part : record.parts()) {
      Pseudonym pseudonym =
          part instanceof RecordPart.Kept(byte[] bytes) ? SealedPart.pseudonymOf(bytes) : null;
      if (pseudonym != null) {
        pseudonyms.add(pseudonym);
      }
    }
    return new TimelineEntry(
        record.position(),
        header.tenant(),
        header.source(),
        header.type(),
        header.time(),
        header.facets(),
        pseudonyms.stream().map(Pseudonym::bytes).toList());
  }
}
