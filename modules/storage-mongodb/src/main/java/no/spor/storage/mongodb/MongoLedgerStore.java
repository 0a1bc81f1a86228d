package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import com.mongodb.MongoException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.Block.PartGroup;
import no.spor.ledger.BlockHead;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.PartAddress;
import no.spor.ledger.PartGroups;
import no.spor.ledger.Tag;
import no.spor.ledger.tree.TileStore;
import no.spor.rights.RetentionStore;
import no.spor.storage.mongodb.MongoPlace.Duty;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/// The ledger in MongoDB: a document a block, inserted once, changed only where parts are dropped.
/// Several nodes may write: the unique `_id` decides which block gets a number.
///
/// Thread-safe. *Appended*: when [#append] returns, a majority of the replica set has the blocks in
/// its journals; neither a crash of a member nor a failover loses them. A crash of this process
/// before may leave all of them, a prefix or none: the next read says which.
///
/// Needs no transactions. An error of a write says little (somebody else's block, one's own that an
/// earlier attempt wrote, a majority that is slow, a reply that was lost): what stands is read from
/// a majority and told by commit ids.
///
/// Who can write the database can withhold, roll back and forge blocks: what the ledger's hashes
/// and checkpoints are there to show. Who can read it sees streams, sizes and times, and sealed
/// parts.
public final class MongoLedgerStore implements LedgerStore {
  private static final Duty DUTY = new Duty("spor ledger", 1, false);
  private static final int COMMAND_BYTES = 8 << 20;
  private static final int COMMAND_BLOCKS = 1000;

  private final MongoPlace place;
  private final Documents blocks;
  private final BlockSearch search;
  private final UUID ledger;
  private final WriterLease lease;

  /// The newest block as last seen: what the next one most likely follows.
  private volatile @Nullable BlockHead last;

  private MongoLedgerStore(MongoPlace place, UUID ledger, Surroundings around) {
    this.place = place;
    this.ledger = ledger;
    this.blocks = place.documents("blocks");
    this.search = new BlockSearch(place, blocks, ledger);
    this.lease = new WriterLease(place.documents(MongoPlace.META), ledger, around);
  }

  /// Opens the ledger of a database, makes it where there is none.
  ///
  /// @param name tells ledgers of one database apart
  /// @param idOfNew the id that a new ledger gets; an existing one keeps its own
  /// @throws MongoStoreException if the database cannot be used, or does not keep what is asked
  /// @throws LedgerDamageException if what it holds is no sound ledger
  public static MongoLedgerStore open(MongoSettings settings, String name, UUID idOfNew) {
    return open(settings, name, idOfNew, Surroundings.REAL);
  }

  static MongoLedgerStore open(
      MongoSettings settings, String name, UUID idOfNew, Surroundings around) {
    var place = MongoPlace.open(settings, DUTY, around);
    try {
      var store = new MongoLedgerStore(place, identity(place, name, idOfNew), around);
      store.blocks.index(BlockDocument.MARKS, "_id");
      store.blocks.index("ledger", "first");
      store.checkNewest();
      return store;
    } catch (MongoException e) {
      place.close();
      throw new MongoStoreException("the ledger's database cannot be used: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      place.close();
      throw e;
    }
  }

  /// Opens a ledger that is there, however damaged, to be looked at: makes nothing, indexes
  /// included.
  ///
  /// @throws MongoStoreException if there is none, or the database cannot be used
  public static MongoLedgerStore openToRead(MongoSettings settings, String name) {
    var place = MongoPlace.open(settings, DUTY);
    try {
      var found = place.documents(MongoPlace.META).withId(text("ledger/" + name));
      if (found.isEmpty()) {
        throw new MongoStoreException("there is no ledger in this database", null);
      }
      return new MongoLedgerStore(
          place, UUID.fromString(found.get().getString("ledger").getValue()), Surroundings.REAL);
    } catch (MongoException e) {
      place.close();
      throw new MongoStoreException("the ledger's database cannot be used: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      place.close();
      throw e;
    }
  }

  private static UUID identity(MongoPlace place, String name, UUID idOfNew) {
    var meta = place.documents(MongoPlace.META);
    var id = text("ledger/" + name);
    if (meta.withId(id).isEmpty()) {
      try {
        meta.insert(new BsonDocument("_id", id).append("ledger", text(idOfNew)));
      } catch (MongoException e) {
        if (!MongoPlace.isDuplicate(e)) {
          throw e;
        }
      }
    }
    var found =
        meta.awaited(id)
            .orElseThrow(() -> new MongoStoreException("the ledger's id cannot be read", null));
    return UUID.fromString(found.getString("ledger").getValue());
  }

  /// A look at the end, where a damaged database shows first. Everything is for `verify`.
  private void checkNewest() {
    var newest = newest().orElse(null);
    if (newest == null) {
      return;
    }
    var two = search.heads(Math.max(0, newest.number() - 1), 2);
    boolean sound = two.getLast().number() >= newest.number();
    if (newest.number() > 0) {
      var before = two.getFirst();
      sound &=
          before.number() == newest.number() - 1
              && before.endPosition() == newest.firstPosition()
              && Arrays.equals(before.hash(), newest.previousHash());
    }
    if (!sound || search.heads(0, 1).getFirst().number() != 0) {
      throw new LedgerDamageException(
          "the ledger's database lacks blocks: restore it from a backup, or ask verify what is"
              + " missing.");
    }
  }

  @Override
  public UUID ledger() {
    return ledger;
  }

  @Override
  public Optional<BlockHead> newest() {
    var newest = search.newest();
    newest.ifPresent(this::isLast);
    return newest;
  }

  private void isLast(BlockHead head) {
    search.see(head);
    var before = last;
    if (before == null || before.number() < head.number()) {
      last = head;
    }
  }

  @Override
  public int append(List<Block> proposed) {
    for (int i = 0; i < proposed.size(); i++) {
      var head = proposed.get(i).head();
      if (!head.ledger().equals(ledger)
          || head.number() != proposed.getFirst().head().number() + i) {
        throw new IllegalArgumentException("not consecutive blocks of this ledger");
      }
    }
    if (proposed.isEmpty()) {
      return 0;
    }
    lease.giveWay();
    var base = last;
    if (!follows(base, proposed.getFirst().head())) {
      base = newest().orElse(null);
    }
    int standing = standing(proposed, base);
    long next = base == null ? 0 : base.number() + 1;
    if (standing < proposed.size() && proposed.get(standing).head().number() == next) {
      requireFollows(base, proposed.get(standing).head());
      standing += insert(proposed.subList(standing, proposed.size()), standing);
    }
    lease.tried(standing < proposed.size());
    return standing;
  }

  @Override
  public long writersEpoch() {
    return lease.epoch();
  }

  /// @return how many of the blocks stand, as far as `newest` goes
  private int standing(List<Block> proposed, @Nullable BlockHead newest) {
    var first = proposed.getFirst().head();
    if (newest == null || first.number() > newest.number()) {
      return 0;
    }
    int known = (int) Math.min(proposed.size(), newest.number() - first.number() + 1);
    return same(proposed, search.heads(first.number(), known));
  }

  private static int same(List<Block> proposed, List<BlockHead> heads) {
    int same = 0;
    while (same < Math.min(proposed.size(), heads.size())
        && proposed.get(same).head().number() == heads.get(same).number()
        && proposed.get(same).head().commit().equals(heads.get(same).commit())) {
      same++;
    }
    return same;
  }

  private static boolean follows(@Nullable BlockHead newest, BlockHead head) {
    return newest != null
        && head.number() == newest.number() + 1
        && head.firstPosition() == newest.endPosition()
        && Arrays.equals(head.previousHash(), newest.hash());
  }

  private static void requireFollows(@Nullable BlockHead newest, BlockHead head) {
    boolean beginning =
        newest == null
            && head.firstPosition() == 0
            && Arrays.equals(head.previousHash(), new byte[32]);
    if (!beginning && !follows(newest, head)) {
      throw new IllegalArgumentException("the block does not continue the newest one");
    }
  }

  /// Sends the blocks, in more than one command only where they do not fit one: then each after the
  /// one before was acknowledged by a majority.
  ///
  /// @param before how many blocks of the same call stand already
  private int insert(List<Block> proposed, int before) {
    int done = 0;
    while (done < proposed.size()) {
      var some = fitting(proposed.subList(done, proposed.size()));
      Verdict verdict;
      try {
        verdict = insertTogether(some);
      } catch (LedgerStoreException e) {
        if (before + done > 0) {
          throw new LedgerOutcomeUnknownException("a part of the blocks was written", e);
        }
        throw e;
      }
      done += verdict.stand();
      if (verdict.rival()) {
        return done;
      }
    }
    return done;
  }

  /// @param stand how many of the blocks stand
  /// @param rival whether somebody else's block has the number of the next
  private record Verdict(int stand, boolean rival) {}

  private static List<Block> fitting(List<Block> proposed) {
    long bytes = 0;
    for (int i = 0; i < proposed.size(); i++) {
      var block = proposed.get(i);
      bytes += block.entries().length;
      bytes += block.headers().stream().mapToLong(header -> header.length).sum();
      bytes += block.groups().stream().mapToLong(group -> group.bytes().length).sum();
      if (i > 0 && (bytes > COMMAND_BYTES || i == COMMAND_BLOCKS)) {
        return proposed.subList(0, i);
      }
    }
    return proposed;
  }

  private Verdict insertTogether(List<Block> proposed) {
    try {
      blocks.insertInOrder(proposed.stream().map(BlockDocument::of).toList());
      isLast(proposed.getLast().head());
      return new Verdict(proposed.size(), false);
    } catch (MongoException e) {
      return resolved(proposed, e);
    }
  }

  /// Finds out what an insert that failed has left.
  private Verdict resolved(List<Block> proposed, MongoException failure) {
    long first = proposed.getFirst().head().number();
    var patience = place.patient();
    do {
      List<BlockHead> heads;
      try {
        heads = search.heads(first, proposed.size());
      } catch (LedgerStoreException e) {
        continue;
      }
      int stand = same(proposed, heads);
      if (!heads.isEmpty()) {
        isLast(heads.getLast());
      }
      if (stand == proposed.size() || heads.size() > stand) {
        return new Verdict(stand, stand < proposed.size());
      }
      int duplicate = WriteFailure.duplicate(failure);
      if (duplicate >= 0 && stand > duplicate) {
        return new Verdict(stand, false); // it stopped at one that an earlier attempt had written
      }
      int sure = WriteFailure.sureCount(failure);
      if (sure == stand) {
        if (stand > 0) {
          throw new LedgerOutcomeUnknownException("a part of the blocks was written", failure);
        }
        throw new LedgerStoreException("the ledger's database refused to write", failure);
      }
      if (sure < 0 && !WriteFailure.willShow(failure)) {
        break;
      }
    } while (patience.again());
    throw new LedgerOutcomeUnknownException("whether blocks were written cannot be read", failure);
  }

  @Override
  public List<Block> blocks(long from, int max) {
    return search.blocks(from, max);
  }

  @Override
  public List<BlockHead> heads(long from, int max) {
    return search.heads(from, max);
  }

  @Override
  public Optional<Block> blockAt(long position) {
    return search.blockAt(position);
  }

  @Override
  public List<Block> controlBlocks(long from, long end, int max) {
    if (end <= 0) {
      return List.of();
    }
    return search.marked(List.of(BlockDocument.CONTROL), from, end, end - 1, max, Bson.ALL).stream()
        .map(document -> BlockDocument.read(ledger, document))
        .toList();
  }

  @Override
  public List<Long> taggedBlocks(Collection<Tag> anyOf, long from, int max) {
    return numbers(anyOf.stream().map(BlockDocument::mark).toList(), from, max);
  }

  @Override
  public List<Long> labelledBlocks(String label, long from, int max) {
    return numbers(List.of(BlockDocument.markOfLabel(label)), from, max);
  }

  private List<Long> numbers(Collection<String> marks, long from, int max) {
    var fields = Bson.fields(BlockDocument.MARKS);
    long evidence = search.seen().number();
    return search.marked(marks, from, Long.MAX_VALUE, evidence, max, fields).stream()
        .map(BlockDocument::numberOf)
        .toList();
  }

  /// One update of one document, which somebody else's drop in between makes fail and repeat.
  @Override
  public int drop(long block, Collection<PartAddress> parts) {
    if (block < 0) {
      return 0;
    }
    var id = BlockDocument.id(ledger, block);
    var mine = text(UUID.randomUUID());
    int sent = 0;
    var patience = place.patient();
    do {
      var document =
          search.reaching(() -> {
            var found = blocks.withId(id);
            return found.isEmpty() && block <= search.seen().number() ? null : found;
          });
      if (document.isEmpty()) {
        return 0;
      }
      var state = document.get().getString(BlockDocument.STATE);
      if (state.equals(mine)) {
        return sent;
      }
      var change = new BsonDocument();
      int count = dropped(BlockDocument.readGroups(document.get()), parts, change);
      if (count == 0) {
        return 0;
      }
      sent = count;
      change.append(BlockDocument.STATE, mine);
      try {
        var asRead = new BsonDocument("_id", id).append(BlockDocument.STATE, state);
        if (blocks.update(asRead, with("$set", change))) {
          return count;
        }
      } catch (MongoException e) {
        // The next read says whether it was saved.
      }
    } while (patience.again());
    throw new LedgerStoreException("the ledger's database did not drop the parts", null);
  }

  private static int dropped(
      List<PartGroup> groups, Collection<PartAddress> parts, BsonDocument change) {
    int count = 0;
    for (int i = 0; i < groups.size(); i++) {
      var group = groups.get(i);
      var drop = PartGroups.drop(group.bytes(), parts);
      if (drop.count() > 0) {
        count += drop.count();
        change.append(
            BlockDocument.group(i), BlockDocument.of(new PartGroup(group.label(), drop.group())));
      }
    }
    return count;
  }

  /// Does nothing: the server reuses the space. What was dropped is in its journal and in the
  /// replica set's log until they roll over, and in the files until the pages are written anew.
  @Override
  public void reclaim() {}

  /// @return where this ledger's tiles are kept; in the same database
  public TileStore tiles() {
    return new MongoTileStore(place, ledger);
  }

  /// @return how far retention has come with this ledger's parts; in the same database
  public RetentionStore retention() {
    return new MongoRetentionStore(place, ledger);
  }

  @Override
  public void close() {
    place.close();
  }
}
