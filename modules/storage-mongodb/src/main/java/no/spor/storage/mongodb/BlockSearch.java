package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.anyOf;
import static no.spor.storage.mongodb.Bson.in;
import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import com.mongodb.MongoException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.LedgerFormat;
import no.spor.ledger.LedgerStoreException;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/// Reads blocks, and believes no read that shows less than an earlier one has shown. Thread-safe.
///
/// Numbers are dense, so a few blocks are asked for by their ids, as any server answers at once,
/// also one that looks through a collection for a range.
///
/// What a majority has is a prefix of the ledger, whichever member answers and however far behind:
/// blocks are inserted in order, each after its predecessor was acknowledged or in one command with
/// it. So it is enough to see that an answer reaches what was seen before. Where it does not, the
/// read is repeated for a while and then fails.
final class BlockSearch {
  private static final Seen NOTHING = new Seen(-1, 0);
  private static final int ASKED_BY_ID = 32;
  private static final int STEPS_AHEAD = 4;

  private final MongoPlace place;
  private final Documents blocks;
  private final UUID ledger;
  private final AtomicReference<Seen> seen = new AtomicReference<>(NOTHING);

  /// @param number of the newest block that was seen
  /// @param end position after it
  record Seen(long number, long end) {}

  BlockSearch(MongoPlace place, Documents blocks, UUID ledger) {
    this.place = place;
    this.blocks = blocks;
    this.ledger = ledger;
  }

  Seen seen() {
    return seen.get();
  }

  /// What a majority has acknowledged, or a read has shown.
  void see(BlockHead head) {
    var now = new Seen(head.number(), head.endPosition());
    seen.accumulateAndGet(now, (a, b) -> a.number() >= b.number() ? a : b);
  }

  Optional<BlockHead> newest() {
    return reaching(() -> {
      long known = seen.get().number();
      Optional<BlockHead> newest = known < 0 ? Optional.empty() : ahead(known);
      if (newest.isEmpty()) {
        // From what was seen on: nothing is looked through, whatever indexes a server has.
        var from = with("_id", range(Math.max(0, known), Long.MAX_VALUE));
        newest =
            blocks.find(from, BlockDocument.HEAD_FIELDS, Bson.DESCENDING, 1).stream()
                .findFirst()
                .map(this::head);
      }
      return newest.map(BlockHead::number).orElse(-1L) < known ? null : newest;
    });
  }

  /// Step by step from a block that stands.
  ///
  /// @return empty where that does not come to the end soon
  private Optional<BlockHead> ahead(long known) {
    long from = known;
    for (int step = 0; step < STEPS_AHEAD; step++) {
      var wanted = numbered(from, ASKED_BY_ID);
      var found = blocks.find(wanted, BlockDocument.HEAD_FIELDS, Bson.ASCENDING, ASKED_BY_ID);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      if (found.size() < ASKED_BY_ID) {
        return Optional.of(head(found.getLast()));
      }
      from += ASKED_BY_ID - 1;
    }
    return Optional.empty();
  }

  List<Block> blocks(long from, int max) {
    var found = consecutive(from, max, Bson.ALL);
    var read = new ArrayList<Block>(found.size());
    for (var document : found) {
      var block = BlockDocument.read(ledger, document);
      see(block.head());
      read.add(block);
    }
    return read;
  }

  List<BlockHead> heads(long from, int max) {
    var read = new ArrayList<BlockHead>();
    for (var document : consecutive(from, max, BlockDocument.HEAD_FIELDS)) {
      read.add(head(document));
    }
    read.forEach(this::see);
    return read;
  }

  /// @return documents of the blocks, fewer than `max` only where there are no more
  List<BsonDocument> consecutive(long from, int max, BsonDocument fields) {
    long first = Math.max(0, from);
    if (max <= 0) {
      return List.of();
    }
    return reaching(() -> {
      long newest = seen.get().number();
      long end = first + max < first ? Long.MAX_VALUE : first + max;
      var wanted = max <= ASKED_BY_ID ? numbered(first, max) : with("_id", range(first, end));
      var found = blocks.find(wanted, fields, Bson.ASCENDING, max);
      long reached = found.isEmpty() ? first - 1 : BlockDocument.numberOf(found.getLast());
      return found.size() < max && reached < newest ? null : found;
    });
  }

  Optional<Block> blockAt(long position) {
    if (position < 0) {
      return Optional.empty();
    }
    return reaching(() -> {
      long end = seen.get().end();
      var near =
          new BsonDocument("$lte", number(position))
              .append("$gt", number(position - LedgerFormat.MAX_BLOCK_RECORDS));
      var filter = with("ledger", text(ledger)).append("first", near);
      var found = blocks.find(filter, Bson.ALL, with("first", number(-1)), 1);
      var block =
          found.stream()
              .findFirst()
              .map(document -> BlockDocument.read(ledger, document))
              .filter(one -> position < one.head().endPosition());
      block.ifPresent(one -> see(one.head()));
      return block.isEmpty() && position < end ? null : block;
    });
  }

  /// @param evidence a block that stands: an answer that does not show it is not believed
  /// @param end number after the last block that is looked at
  /// @return the first `max` blocks with one of the marks
  List<BsonDocument> marked(
      Collection<String> marks, long from, long end, long evidence, int max, BsonDocument fields) {
    if (max <= 0 || marks.isEmpty()) {
      return List.of();
    }
    BsonString witness = BlockDocument.id(ledger, Math.max(0, evidence));
    var wanted =
        new BsonDocument(BlockDocument.MARKS, in(marks.stream().map(mark -> text(mark)).toList()))
            .append("_id", range(Math.max(0, from), end));
    return reaching(() -> {
      if (evidence >= 0
          && blocks.find(with("_id", witness), Bson.fields("_id"), Bson.ASCENDING, 1).isEmpty()) {
        return null;
      }
      var filter = evidence < 0 ? wanted : anyOf(wanted, with("_id", witness));
      var found = blocks.find(filter, fields, Bson.ASCENDING, max + 1);
      boolean shown =
          evidence < 0 || found.stream().anyMatch(one -> one.getString("_id").equals(witness));
      var fitting = found.stream().filter(one -> fits(one, marks, from, end)).limit(max).toList();
      // The first ones of a prefix are the first ones of all.
      return shown || fitting.size() == max ? fitting : null;
    });
  }

  private static boolean fits(
      BsonDocument document, Collection<String> marks, long from, long end) {
    long number = BlockDocument.numberOf(document);
    return number >= from
        && number < end
        && document.getArray(BlockDocument.MARKS).stream()
            .anyMatch(mark -> marks.contains(mark.asString().getValue()));
  }

  private BlockHead head(BsonDocument document) {
    var head = BlockDocument.readHead(ledger, document);
    see(head);
    return head;
  }

  private BsonDocument numbered(long from, int count) {
    return with(
        "_id",
        in(
            LongStream.range(from, from + count)
                .mapToObj(n -> BlockDocument.id(ledger, n))
                .toList()));
  }

  private BsonDocument range(long from, long end) {
    return new BsonDocument("$gte", BlockDocument.id(ledger, from))
        .append(end == Long.MAX_VALUE ? "$lte" : "$lt", BlockDocument.id(ledger, end));
  }

  /// Repeats a read until it reaches what was seen.
  ///
  /// @param read answers null where it does not
  <T> T reaching(Supplier<@Nullable T> read) {
    var patience = place.patient();
    do {
      try {
        T found = read.get();
        if (found != null) {
          return found;
        }
      } catch (MongoException e) {
        throw new LedgerStoreException("the ledger's database cannot be read", e);
      }
    } while (patience.again());
    throw new LedgerStoreException(
        "the ledger's database shows less than it has shown: a member that is behind answers",
        null);
  }
}
