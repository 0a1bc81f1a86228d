package no.spor.storage.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.CheckpointStore;
import no.spor.ledger.CheckpointStore.Published;
import no.spor.ledger.LedgerOutcomeUnknownException;
import no.spor.ledger.LedgerStoreException;
import no.spor.storage.mongodb.SimulatedMember.Entry;
import org.bson.BsonDocument;
import org.bson.BsonString;

/// Processes that publish checkpoints. The newest never goes back; one that was acknowledged was
/// once the newest, right after the one that it continues; and the last of every hour stays.
final class SimulatedPublishing implements ReplicaSetSimulation.Workload {
  private static final String DATABASE = "checkpoints";
  private static final String ORIGIN = "log.example/simulated";
  private static final BsonString NEWEST = new BsonString("newest");

  private final List<Said> acknowledged = new ArrayList<>();
  private int made;

  /// @param before note of the one that it continues; empty for none
  private record Said(String before, String note) {}

  @Override
  public void live(SimulatedClient client) {
    CheckpointStore store = null;
    while (store == null && client.goesOn()) {
      try {
        store = MongoCheckpointStore.open(client.settings(DATABASE), client.around());
      } catch (MongoStoreException e) {
        // Comes up again.
      }
    }
    if (store != null) {
      try (CheckpointStore opened = store) {
        while (client.goesOn()) {
          try {
            publish(client, opened);
          } catch (LedgerStoreException | LedgerOutcomeUnknownException e) {
            // What was asked could not be said.
          }
        }
      }
    }
  }

  private void publish(SimulatedClient client, CheckpointStore store) {
    Published newest = store.newest().orElse(null);
    long size = newest == null ? 1 : newest.checkpoint().size() + 1 + client.random.nextInt(3);
    Checkpoint checkpoint = new Checkpoint(ORIGIN, size, new byte[32]);
    // Hours pass soon here, so that many come to an end.
    long atMillis = (size / 8) * TimeUnit.HOURS.toMillis(1);
    Published next =
        new Published(
            checkpoint, checkpoint.text() + "\n— " + ORIGIN + " signed" + made++ + "\n", atMillis);
    boolean published = store.publish(newest == null ? null : newest.checkpoint(), next);
    if (published && !client.isDead()) {
      acknowledged.add(new Said(newest == null ? "" : newest.note(), next.note()));
    }
  }

  @Override
  public void check(List<Entry> committed) {
    CommittedStates states = new CommittedStates(DATABASE);
    Map<String, String> followed = new HashMap<>();
    List<BsonDocument> lasts = new ArrayList<>();
    BsonDocument[] newest = new BsonDocument[1];
    states.replay(
        committed,
        (collection, id) -> {
          if (!collection.equals("checkpoints") || !id.equals(NEWEST)) {
            return;
          }
          BsonDocument before = newest[0];
          BsonDocument now = states.read(collection, id);
          if (before != null) {
            assertThat(size(now)).as("the newest goes back").isGreaterThan(size(before));
            if (!now.getInt64("n").equals(before.getInt64("n"))) {
              lasts.add(before);
            }
          }
          followed.put(note(now), before == null ? "" : note(before));
          newest[0] = now;
        });
    for (Said said : acknowledged) {
      assertThat(followed.get(said.note())).as("published and followed").isEqualTo(said.before());
    }
    List<String> kept =
        states.find("history", new BsonDocument()).stream().map(SimulatedPublishing::note).toList();
    lasts.forEach(last -> assertThat(kept).as("the last of an hour").contains(note(last)));
  }

  private static long size(BsonDocument document) {
    return document.getInt64("size").getValue();
  }

  private static String note(BsonDocument document) {
    return document.getString("note").getValue();
  }

  int published() {
    return acknowledged.size();
  }
}
