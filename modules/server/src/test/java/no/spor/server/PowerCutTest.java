package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import no.spor.ledger.verify.Report;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The power goes while a node records and erases: what it asked of the kernel is replayed up to a
/// moment, less some of what was not synchronised, and a node is opened on what is left. What was
/// acknowledged stands; who was erased stays erased; all of it verifies.
@Tag("once")
class PowerCutTest {
  private static final int CUTS = Integer.getInteger("spor.test.cuts", 6);
  private static final int PEOPLE = 5;
  private static final long SEED = Long.getLong("spor.test.seed", System.nanoTime());

  @TempDir Path folder;

  @Test
  void whatWasAcknowledgedStandsAndWhoWasErasedStaysErased() throws Exception {
    String impossible = DiskTrace.impossible();
    if (impossible != null) {
      System.out.println("PowerCutTest is skipped: " + impossible);
    }
    assumeTrue(impossible == null, impossible);
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    DiskTrace trace = trace();
    assertThat(trace.moments()).hasSizeGreaterThanOrEqualTo(3 * PEOPLE);
    for (int moment : moments(trace, random)) {
      Path disk = folder.resolve("disk-" + moment);
      PowerCut.at(trace, moment, random, disk);
      PeopleBeingErased people = new PeopleBeingErased();
      trace.said(moment).forEach(people::heard);
      try (Node node = Node.open(NodeOptions.importing(disk, null), InstantSource.system())) {
        people.check(node);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("the power went at " + moment + ": " + e.getMessage(), e);
      }
      Report report = VerifiedLedger.at(disk);
      assertThat(report.findings()).as("at " + moment).isEmpty();
    }
  }

  /// Right after something was acknowledged, and anywhere after the first of it.
  private static TreeSet<Integer> moments(DiskTrace trace, Random random) {
    TreeSet<Integer> moments = new TreeSet<>();
    List<Integer> said = trace.moments();
    while (moments.size() < Math.min(CUTS / 2, said.size())) {
      moments.add(said.get(random.nextInt(said.size())) + 1);
    }
    while (moments.size() < CUTS) {
      moments.add(random.nextInt(said.getFirst(), trace.length()));
    }
    return moments;
  }

  private DiskTrace trace() throws Exception {
    Path data = folder.resolve("data");
    Files.createDirectory(
        data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path lines = folder.resolve("trace");
    List<String> command = new ArrayList<>(DiskTrace.command(lines));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            ErasingChild.class.getName(),
            data.toString(),
            "p",
            Integer.toString(PEOPLE)));
    Process traced =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(traced.waitFor(120, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      traced.destroyForcibly();
    }
    DiskTrace trace = DiskTrace.read(lines, data);
    System.out.printf(
        "%d changes to files, %d acknowledgements%n",
        trace.changes().size(), trace.moments().size());
    return trace;
  }
}
