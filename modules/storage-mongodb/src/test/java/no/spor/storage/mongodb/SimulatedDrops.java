package no.spor.storage.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import no.spor.conformance.SampleBlocks;
import no.spor.ledger.Block;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerStore;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.PartAddress;
import no.spor.ledger.PartGroups;
import no.spor.storage.mongodb.SimulatedMember.Entry;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/// Processes that drop parts of a few blocks, all of them at the same ones. What was dropped is in
/// no later state that a majority ever has, and each part was counted once at most.
final class SimulatedDrops implements ReplicaSetSimulation.Workload {
  private static final UUID LEDGER = new UUID(5, 6);
  private static final String DATABASE = "ledger";
  private static final int BLOCKS = 3;
  private static final int RECORDS = 24;
  private static final byte KEPT = 1;

  private final List<Dropped> dropped = new ArrayList<>();
  private int counted;

  private record Dropped(long block, PartAddress part) {}

  @Override
  public void live(SimulatedClient client) {
    LedgerStore store = null;
    while (store == null && client.goesOn()) {
      try {
        LedgerStore opened =
            MongoLedgerStore.open(client.settings(DATABASE), "main", LEDGER, client.around());
        opened.append(blocks());
        store = opened;
      } catch (MongoStoreException | LedgerStoreException | LedgerOutcomeUnknownException e) {
        // Comes up again.
      }
    }
    if (store != null) {
      try (LedgerStore opened = store) {
        while (client.goesOn()) {
          try {
            drop(client, opened);
          } catch (LedgerStoreException e) {
            // Whether it was dropped could not be said.
          }
        }
      }
    }
  }

  /// The same ones, whoever makes them.
  private static List<Block> blocks() {
    SampleBlocks samples = new SampleBlocks(LEDGER, 20_261_122, null);
    List<Block> blocks = new ArrayList<>();
    for (int block = 0; block < BLOCKS; block++) {
      for (int record = 0; record < RECORDS; record++) {
        samples.record(20).part(record % 2 == 0 ? "a/1" : "b/1", 0, samples.bytes(8));
      }
      blocks.add(samples.build());
    }
    return blocks;
  }

  private void drop(SimulatedClient client, LedgerStore store) {
    long block = client.random.nextInt(BLOCKS);
    List<PartAddress> parts =
        List.of(
            new PartAddress(client.random.nextInt(RECORDS), 0),
            new PartAddress(client.random.nextInt(RECORDS), 0));
    int count = store.drop(block, parts);
    if (!client.isDead()) {
      parts.forEach(part -> dropped.add(new Dropped(block, part)));
      counted += count;
    }
  }

  @Override
  public void check(List<Entry> committed) {
    CommittedStates states = new CommittedStates(DATABASE);
    Set<Dropped> gone = new HashSet<>();
    states.replay(
        committed,
        (collection, id) -> {
          if (collection.equals("blocks")) {
            Set<Dropped> kept = kept(states.read(collection, id));
            assertThat(gone).as("dropped, and there again").doesNotContainAnyElementsOf(kept);
            goneFrom(id, kept, gone);
          }
        });
    assertThat(gone).as("said to be dropped").containsAll(dropped);
    assertThat(counted).as("counted").isLessThanOrEqualTo(gone.size());
  }

  private static Set<Dropped> kept(BsonDocument document) {
    long block = BlockDocument.numberOf(document);
    Set<Dropped> kept = new HashSet<>();
    BlockDocument.readGroups(document)
        .forEach(group ->
            PartGroups.read(
                group.bytes(),
                (record, part, kind, offset, length) -> {
                  if (kind == KEPT) {
                    kept.add(new Dropped(block, new PartAddress(record, part)));
                  }
                }));
    return kept;
  }

  private static void goneFrom(BsonValue id, Set<Dropped> kept, Set<Dropped> gone) {
    long block = BlockDocument.numberOf(new BsonDocument("_id", id));
    for (int record = 0; record < RECORDS; record++) {
      Dropped one = new Dropped(block, new PartAddress(record, 0));
      if (!kept.contains(one)) {
        gone.add(one);
      }
    }
  }

  int counted() {
    return counted;
  }
}
