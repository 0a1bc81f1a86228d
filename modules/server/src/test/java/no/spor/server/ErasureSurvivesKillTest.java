package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Killed with -9 at moments all over an erasure, one in each part of it, it ends in one of the two
/// right states: the person stands whole, or is erased whole, and completed by itself.
@Tag("once")
class ErasureSurvivesKillTest {
  private static final int KILLS = Integer.getInteger("spor.kills", 8);
  private static final long SEED = Long.getLong("spor.test.seed", System.nanoTime());
  @TempDir Path data;

  @Test
  void whoeverIsBeingErasedStandsWholeOrIsErasedWhole() throws Exception {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    PeopleBeingErased people = new PeopleBeingErased();
    long erasureMicros = runUntilErased(people);
    // Later and later where the machine has become so slow that few erasures were approved.
    for (int run = 0; run < KILLS || (people.approved() <= KILLS / 4 && run < 5 * KILLS); run++) {
      double share = (run + random.nextDouble()) / KILLS;
      runAndKill(run, (long) (2.0 * erasureMicros * share), people);
    }
    assertThat(people.approved()).isGreaterThan(KILLS / 4);
    try (Node node = TestStore.open(NodeOptions.importing(data, null), InstantSource.system())) {
      people.check(node);
    }
  }

  /// @return how long the first erasure of a process takes on this machine, as it is now
  private long runUntilErased(PeopleBeingErased people) throws Exception {
    Process child = child("first");
    try (BufferedReader said = child.inputReader()) {
      String line = said.readLine();
      long begun = System.nanoTime();
      for (; line != null; line = said.readLine()) {
        people.heard(line);
        if (line.startsWith("approved")) {
          return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun);
        }
      }
      throw new AssertionError("the process ended before it had erased anybody");
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  private Process child(String people) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            TestStore.storeFlag(),
            TestStore.placeFlag(),
            "-cp",
            System.getProperty("java.class.path"),
            ErasingChild.class.getName(),
            data.toString(),
            people)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private void runAndKill(int run, long afterMicros, PeopleBeingErased people)
      throws IOException, InterruptedException {
    Process child = child("p" + run);
    try (BufferedReader said = child.inputReader()) {
      String line = said.readLine(); // it stands, and has begun
      Thread killer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  TimeUnit.MICROSECONDS.sleep(afterMicros);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                child.destroyForcibly();
              });
      for (; line != null; line = heard(said)) {
        people.heard(line);
      }
      killer.join();
    }
    child.waitFor();
  }

  /// @return null where there is no more: the kill may close what is being read
  private static @Nullable String heard(BufferedReader said) {
    try {
      return said.readLine();
    } catch (IOException killed) {
      return null;
    }
  }
}
