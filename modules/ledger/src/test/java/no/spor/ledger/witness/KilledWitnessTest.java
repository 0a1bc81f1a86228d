package no.spor.ledger.witness;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import no.spor.ledger.Checkpoint;
import no.spor.ledger.note.NoteVerifier;
import no.spor.ledger.note.SignedNote;
import no.spor.ledger.witness.WitnessClient.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A witness is killed with `kill -9` between request and answer, again and again: it never knows
/// less than it has said, and never says two things of one size.
class KilledWitnessTest {
  private static final long SEED = 20_261_122;
  private static final int KILLS = 5;

  @TempDir Path folder;
  private final SampleLog log = new SampleLog("log.example/killed");
  private final AtomicInteger said = new AtomicInteger();

  @Test
  void whatItHasSaidItKnowsAfterwards() throws Exception {
    Random random = new Random(SEED);
    for (int kill = 0; kill < KILLS; kill++) {
      try (WitnessProcess witness = WitnessProcess.start(folder, log.key())) {
        String[] lines = witness.said();
        WitnessAddress address =
            new WitnessAddress(
                URI.create("http://127.0.0.1:" + lines[1]), NoteVerifier.of(lines[0]));
        try (WitnessClient client = new WitnessClient(address, Duration.ofSeconds(10))) {
          check(client);
          Thread asking = Thread.ofPlatform().start(() -> askUntilItDies(client));
          Thread.sleep(20 + random.nextInt(150));
          witness.close();
          asking.join();
        }
      }
    }
    assertThat(said.get()).as("seed %d", SEED).isGreaterThan(KILLS);
  }

  private void askUntilItDies(WitnessClient client) {
    try {
      while (true) {
        int old = said.get();
        switch (client.submit(log.request(old, old + 1))) {
          case Answer.Cosigned(var signature) -> said.set(old + 1);
          case Answer.OtherSize(long size) -> said.set((int) size);
          default -> {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// At most the answer under way was not heard; and another view of what it knows is refused.
  private void check(WitnessClient client) throws Exception {
    int known = 0;
    var newest = client.newest(log.origin, List.of(log.key()));
    if (newest.isPresent()) {
      SignedNote note = newest.get();
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      known = (int) checkpoint.size();
      assertThat(note.text()).isEqualTo(SignedNote.parse(log.checkpoint(known)).text());
      SampleLog lie = log.splitAt(known - 1);
      assertThat(client.submit(lie.request(known, known)))
          .as("seed %d", SEED)
          .isEqualTo(new Answer.Refused(422));
    }
    assertThat(known).as("seed %d", SEED).isBetween(said.get(), said.get() + 1);
    said.set(known);
  }
}
