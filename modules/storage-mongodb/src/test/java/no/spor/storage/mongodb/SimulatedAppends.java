package no.spor.storage.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import no.spor.conformance.SampleBlocks;
import no.spor.ledger.Block;
import no.spor.ledger.BlockHead;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.LedgerStoreException;
import no.spor.storage.mongodb.SimulatedMember.Entry;

/// Processes that append to one ledger and read it: what the store said to them is held against
/// what a majority has in the end. Dense, in order, nothing twice, what was acknowledged is there,
/// what was said not to be written is not, no reader has seen what is not there or skipped what is.
final class SimulatedAppends implements ReplicaSetSimulation.Workload {
  private static final UUID LEDGER = new UUID(5, 6);
  private static final String DATABASE = "ledger";
  private static final int ATTEMPTS = 4;

  private final Function<MongoLedgerStore, LedgerStore> altered;
  private final List<Block> acknowledged = new ArrayList<>();
  private final List<Block> saidNotToStand = new ArrayList<>();
  private final List<BlockHead> seen = new ArrayList<>();
  private final List<ControlRead> controlReads = new ArrayList<>();
  private int appends;

  private record ControlRead(long from, long end, List<Long> found) {}

  /// @param altered a store with a bug instead of the real one
  SimulatedAppends(Function<MongoLedgerStore, LedgerStore> altered) {
    this.altered = altered;
  }

  @Override
  public void live(SimulatedClient client) {
    LedgerStore store = null;
    while (store == null && client.goesOn()) {
      try {
        store =
            altered.apply(
                MongoLedgerStore.open(client.settings(DATABASE), "main", LEDGER, client.around()));
      } catch (MongoStoreException | LedgerStoreException e) {
        // Comes up again.
      }
    }
    if (store != null) {
      try (LedgerStore opened = store) {
        Process process = new Process(client, opened);
        while (client.goesOn()) {
          process.act();
        }
      } catch (LedgerDamageException e) {
        throw new AssertionError("damaged", e);
      }
    }
  }

  private final class Process {
    private final SimulatedClient client;
    private final LedgerStore store;
    private final Random random;
    private BlockHead tip;
    private long reached = -1;

    Process(SimulatedClient client, LedgerStore store) {
      this.client = client;
      this.store = store;
      this.random = client.random;
    }

    void act() {
      try {
        switch (random.nextInt(8)) {
          case 0 -> store.newest().ifPresent(this::newest);
          case 1 -> heads(Math.max(0, reached - random.nextInt(6)));
          case 2 -> controls();
          default -> append();
        }
      } catch (LedgerOutcomeUnknownException | LedgerStoreException e) {
        // What was asked could not be said.
      }
    }

    /// Notes nothing of a process that has died.
    private void heard(BlockHead head) {
      if (!client.isDead()) {
        seen.add(head);
      }
    }

    private void newest(BlockHead head) {
      heard(head);
      if (!client.isDead()) {
        assertThat(head.number()).as("newest goes back").isGreaterThanOrEqualTo(reached);
      }
      reached = Math.max(reached, head.number());
      tip = head;
    }

    private void heads(long from) {
      List<BlockHead> heads = store.heads(from, 5);
      heads.forEach(this::heard);
      for (int i = 0; i < heads.size(); i++) {
        assertThat(heads.get(i).number()).as("block skipped").isEqualTo(from + i);
      }
      if (heads.size() < 5 && !client.isDead()) {
        assertThat(from + heads.size()).as("blocks left out").isGreaterThan(reached);
      }
    }

    private void controls() {
      if (reached >= 0) {
        long end = reached + 1;
        List<Long> found =
            store.controlBlocks(0, end, Integer.MAX_VALUE - 1).stream()
                .map(block -> block.head().number())
                .toList();
        if (!client.isDead()) {
          controlReads.add(new ControlRead(0, end, found));
        }
      }
    }

    /// As the ledger does: the same blocks again, until it is known whether they stand.
    private void append() {
      if (tip == null || random.nextBoolean()) {
        store.newest().ifPresent(this::newest);
      }
      List<Block> blocks = blocks(1 + random.nextInt(3));
      for (int attempt = 0; attempt < ATTEMPTS && !client.isDead(); attempt++) {
        try {
          int stand = store.append(blocks);
          said(blocks, stand);
          return;
        } catch (LedgerOutcomeUnknownException e) {
          // Ask again.
        } catch (LedgerStoreException e) {
          if (attempt == 0 && !client.isDead()) {
            saidNotToStand.addAll(blocks);
          }
          return;
        }
      }
    }

    private void said(List<Block> blocks, int stand) {
      if (client.isDead()) {
        return;
      }
      acknowledged.addAll(blocks.subList(0, stand));
      if (stand > 0) {
        tip = blocks.get(stand - 1).head();
        reached = Math.max(reached, tip.number());
      }
      if (stand < blocks.size()) {
        saidNotToStand.addAll(blocks.subList(stand, blocks.size()));
        tip = null;
      }
    }

    private List<Block> blocks(int count) {
      SampleBlocks samples = new SampleBlocks(LEDGER, random.nextLong(), tip);
      List<Block> made = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        if (random.nextInt(4) == 0) {
          samples.control();
        }
        made.add(samples.writer(++appends, KeyStoreMark.NONE).record(20).build());
      }
      return made;
    }
  }

  @Override
  public void check(List<Entry> committed) {
    TreeMap<Long, BlockHead> standing = new TreeMap<>();
    for (Entry entry : committed) {
      if (entry.change() != null && entry.change().containsKey("insert")) {
        if (entry.change().getString("insert").getValue().equals("blocks")) {
          var document = entry.change().getArray("documents").getFirst().asDocument();
          BlockHead head = BlockDocument.readHead(LEDGER, document);
          assertThat(standing.put(head.number(), head)).as("a second block in a place").isNull();
        }
      } else if (entry.change() != null && entry.change().containsKey("update")) {
        assertThat(entry.change().getString("update").getValue())
            .as("a block was written over")
            .isNotEqualTo("blocks");
      }
    }
    BlockHead before = null;
    for (BlockHead head : standing.values()) {
      assertThat(head.number()).as("dense").isEqualTo(before == null ? 0 : before.number() + 1);
      assertThat(head.firstPosition())
          .as("positions are dense")
          .isEqualTo(before == null ? 0 : before.endPosition());
      assertThat(Arrays.equals(head.previousHash(), before == null ? new byte[32] : before.hash()))
          .as("each follows the one before")
          .isTrue();
      before = head;
    }
    for (Block block : acknowledged) {
      assertThat(commit(standing, block.head()))
          .as("acknowledged block " + block.head().number())
          .isEqualTo(block.head().commit());
    }
    for (Block block : saidNotToStand) {
      assertThat(commit(standing, block.head()))
          .as("block that was said not to stand, " + block.head().number())
          .isNotEqualTo(block.head().commit());
    }
    for (BlockHead head : seen) {
      assertThat(commit(standing, head))
          .as("block that was shown, " + head.number())
          .isEqualTo(head.commit());
    }
    for (ControlRead read : controlReads) {
      assertThat(read.found())
          .as("control blocks before " + read.end())
          .isEqualTo(
              standing.headMap(read.end()).values().stream()
                  .filter(BlockHead::control)
                  .map(BlockHead::number)
                  .toList());
    }
  }

  private static UUID commit(TreeMap<Long, BlockHead> standing, BlockHead head) {
    BlockHead there = standing.get(head.number());
    return there == null ? null : there.commit();
  }

  /// How much was done.
  int acknowledgedBlocks() {
    return acknowledged.size();
  }
}
