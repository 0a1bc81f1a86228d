package no.spor.rights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import no.spor.activity.HeaderBody;
import no.spor.activity.Role;
import no.spor.ledger.Block;
import no.spor.ledger.Block.PartGroup;
import no.spor.ledger.BlockReader;
import no.spor.ledger.Ledger;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.PartAddress;
import no.spor.ledger.PartGroups;
import no.spor.ledger.axon.StreamedRecord;
import no.spor.vault.KeyStore.Job;
import no.spor.vault.Pseudonym;
import no.spor.vault.SealedPart;
import org.jspecify.annotations.Nullable;

/// Finds the parts that erased people left in the ledger, by their ownerless pseudonyms, and drops
/// them.
///
/// It goes through the blocks themselves, for all jobs at once. A view would be faster, but is
/// built anew, lags, and can be written by others: what it left out would stay for good, and the
/// count that a verifier goes by would be wrong. No part of an erased person is appended after the
/// erasure's record, so the search ends there and what it finds is all. Not thread-safe.
final class PartSearch {
  private static final int BLOCKS = 16;
  private static final byte KEPT = 1;
  private static final String COPIES = "personal-data.";
  private static final String OWN_REQUEST = "personal-data.erasure-requested";

  /// What was found for one job.
  private static final class Found {
    private long[] addresses = new long[16];
    private int parts;
    private long events;
    private final Map<String, Long> copies = new TreeMap<>();
    private final BitSet records = new BitSet();

    void add(long block, int record, int part) {
      if (parts == addresses.length) {
        addresses = Arrays.copyOf(addresses, 2 * parts);
      }
      addresses[parts++] = block << 16 | (long) record << 8 | part;
      records.set(record);
    }

    void endOfBlock() {
      events += records.cardinality();
      records.clear();
    }
  }

  private final Map<UUID, Found> found = new HashMap<>();
  private final Map<Pseudonym, Found> wanted = new HashMap<>();

  PartSearch(List<Job> jobs) {
    for (Job job : jobs) {
      Found of = found.computeIfAbsent(job.id(), id -> new Found());
      job.pseudonyms().forEach(pseudonym -> wanted.put(pseudonym, of));
    }
  }

  /// @param end position after the last record that can hold any
  /// @throws CancellationException where it is told to stop
  void search(LedgerStore blocks, long end, BooleanSupplier stop) {
    long next = 0;
    boolean more = !wanted.isEmpty();
    while (more) {
      check(stop);
      List<Block> read = blocks.blocks(next, BLOCKS);
      for (Block block : read) {
        more = block.head().firstPosition() < end;
        if (more) {
          search(block);
        }
      }
      next += read.size();
      more &= read.size() == BLOCKS;
    }
  }

  private void search(Block block) {
    long number = block.head().number();
    BlockReader[] reader = new BlockReader[1];
    for (PartGroup group : block.groups()) {
      byte[] bytes = group.bytes();
      PartGroups.read(
          bytes,
          (record, part, kind, offset, length) -> {
            @Nullable Pseudonym pseudonym =
                kind == KEPT ? SealedPart.pseudonymAt(bytes, offset, length) : null;
            Found of = pseudonym == null ? null : wanted.get(pseudonym);
            if (of != null) {
              of.add(number, record, part);
              if (reader[0] == null) {
                reader[0] = new BlockReader(block);
              }
              countCopy(of, reader[0], record, part);
            }
          });
    }
    found.values().forEach(Found::endOfBlock);
  }

  private static void countCopy(Found of, BlockReader reader, int record, int part) {
    long position = reader.block().head().firstPosition() + record;
    reader
        .record(position)
        .ifPresent(one -> {
          HeaderBody header = StreamedRecord.headerOf(one);
          String type = header.type();
          if (header.roles().get(part) == Role.SUBJECT
              && type.startsWith(COPIES)
              && !type.equals(OWN_REQUEST)) {
            of.copies.merge(type, 1L, Long::sum);
          }
        });
  }

  PartsFound of(UUID job) {
    Found of = found.get(job);
    return of == null
        ? new PartsFound(0, 0, Map.of())
        : new PartsFound(of.parts, of.events, Map.copyOf(of.copies));
  }

  /// Drops what was found for a job, block by block, each at once and for good. Afterwards nothing
  /// in the ledger links these events to one another; the bytes are gone from the files once the
  /// store has reclaimed.
  ///
  /// @throws CancellationException where it is told to stop; what is dropped is dropped
  void drop(UUID job, Ledger ledger, BooleanSupplier stop) {
    Found of = found.get(job);
    int at = 0;
    while (of != null && at < of.parts) {
      check(stop);
      long block = of.addresses[at] >>> 16;
      List<PartAddress> addresses = new ArrayList<>();
      for (; at < of.parts && of.addresses[at] >>> 16 == block; at++) {
        long address = of.addresses[at];
        addresses.add(new PartAddress((int) (address >>> 8 & 0xff), (int) (address & 0xff)));
      }
      ledger.drop(block, addresses);
    }
  }

  private static void check(BooleanSupplier stop) {
    if (stop.getAsBoolean()) {
      throw new CancellationException();
    }
  }
}
