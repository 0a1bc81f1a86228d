package no.spor.storage.mongodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import no.spor.activity.TimelineEntry;
import no.spor.activity.ViewGapException;
import no.spor.ledger.axon.ProcessorProgress.Claim;
import no.spor.storage.mongodb.SimulatedMember.Entry;
import org.bson.BsonString;
import org.bson.BsonValue;

/// Processes that share a processor: whoever has the claim puts entries into the view, and then
/// says how far they go. In every state that a majority ever has, the view holds each entry once,
/// and all of them below the place that it or the processor says to have reached.
final class SimulatedProjection implements ReplicaSetSimulation.Workload {
  private static final String DATABASE = "views";
  private static final String PROCESSOR = "timeline";
  private static final long CLAIMED_MILLIS = 400;
  private static final Instant START = Instant.ofEpochSecond(1_800_000_000);

  private long applied;

  @Override
  public void live(SimulatedClient client) {
    MongoViews views = null;
    while (views == null && client.goesOn()) {
      try {
        views =
            MongoViews.open(client.settings(DATABASE), new UUID(5, 6), _ -> true, client.around());
      } catch (MongoStoreException e) {
        // Comes up again.
      }
    }
    if (views != null) {
      try (MongoViews opened = views) {
        while (client.goesOn()) {
          try {
            work(client, opened);
          } catch (MongoStoreException | ViewGapException e) {
            // From where the processor says to be.
          }
        }
      }
    }
  }

  private static void work(SimulatedClient client, MongoViews views) {
    long now = client.around().nanoTime().getAsLong() / 1_000_000;
    Claim claim = new Claim("process " + client.number, now, now + CLAIMED_MILLIS);
    views.progress().create(PROCESSOR, 0, 0, 0);
    OptionalLong from = views.progress().claim(PROCESSOR, 0, claim);
    if (from.isEmpty()) {
      client.pass(50_000_000);
      return;
    }
    long next = from.getAsLong();
    for (int batch = 0; batch < 3 && client.goesOn(); batch++) {
      long end = next + 1 + client.random.nextInt(6);
      views.timeline().apply(entries(next, end), next, end, new byte[32]);
      if (!views.progress().store(PROCESSOR, 0, claim, end)) {
        return;
      }
      next = end;
    }
    if (client.random.nextInt(4) == 0) {
      views.progress().release(PROCESSOR, 0, claim.owner());
    }
  }

  private static List<TimelineEntry> entries(long from, long end) {
    return LongStream.range(from, end)
        .mapToObj(position ->
            new TimelineEntry(
                position,
                "bygg-as",
                "/app",
                "site.checkin",
                START.plusSeconds(position),
                Map.of(),
                List.of()))
        .toList();
  }

  @Override
  public void check(List<Entry> committed) {
    CommittedStates states = new CommittedStates(DATABASE);
    Set<BsonValue> there = new HashSet<>();
    states.replay(
        committed,
        (collection, id) -> {
          switch (collection) {
            case "events" -> assertThat(there.add(id)).as("an entry twice").isTrue();
            case "progress" ->
                reached(
                    states
                        .read("progress", new BsonString(PROCESSOR + "/0"))
                        .getInt64("position")
                        .getValue(),
                    there);
            case "meta" -> {
              if (id.equals(new BsonString("timeline"))) {
                long now = states.read("meta", id).getInt64("applied").getValue();
                assertThat(now).as("the view goes back").isGreaterThanOrEqualTo(applied);
                applied = now;
                reached(now, there);
              }
            }
            default -> {}
          }
        });
  }

  /// Ids sort as positions do: so many entries, and none of them further, are all below.
  private static void reached(long position, Set<BsonValue> there) {
    long below =
        there.stream()
            .map(id -> id.asString().getValue())
            .filter(id -> Long.parseUnsignedLong(id.substring(id.length() - 16), 16) < position)
            .count();
    assertThat(below).as("entries below " + position).isEqualTo(position);
  }

  long applied() {
    return applied;
  }
}
