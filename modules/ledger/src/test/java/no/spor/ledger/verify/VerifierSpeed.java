package no.spor.ledger.verify;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.BlockBuilder;
import no.spor.ledger.BlockHead;
import no.spor.ledger.Draft;
import no.spor.ledger.DraftPart;
import no.spor.ledger.KeyStoreMark;

/// Measures how fast blocks in memory are verified: records of the size of check-ins (a header of
/// 230 bytes, two parts of 190 and 110), full blocks. Run it by hand; prints a line a round, and
/// what counts at the end: entries per second of processor time, of all threads together.
final class VerifierSpeed {
  private static final int BLOCKS = 800;
  private static final int ROUNDS = 30;

  private VerifierSpeed() {}

  static void main(String[] arguments) {
    int parts = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2;
    int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
    var ledger = new UUID(1, 2);
    var blocks = blocks(ledger, parts);
    var source = new BlocksInMemory(ledger, blocks);
    var perCore = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long begun = System.nanoTime();
      long cpu = cpuNanos();
      var report = Verifier.of(source).threads(threads).run();
      double seconds = (System.nanoTime() - begun) / 1e9;
      double cpuSeconds = (cpuNanos() - cpu) / 1e9;
      perCore[round] = report.records() / cpuSeconds;
      System.out.printf(
          "%d parts, %d threads: %,.0f records/s, %,.0f per second of processor time; %s%n",
          parts,
          threads,
          report.records() / seconds,
          perCore[round],
          report.sound() ? "sound" : report);
    }
    Arrays.sort(perCore);
    System.out.printf(
        "%d parts: %,.0f entries per second and core (median), %,.0f (best of %d)%n",
        parts, perCore[ROUNDS / 2], perCore[ROUNDS - 1], ROUNDS);
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static List<Block> blocks(UUID ledger, int parts) {
    var random = new SecureRandom();
    var builder = new BlockBuilder(ledger, random);
    var blocks = new ArrayList<Block>();
    BlockHead before = null;
    long sequence = 0;
    for (int b = 0; b < BLOCKS; b++) {
      for (int i = 0; i < 256; i++) {
        builder.add(draft(random, parts), sequence++, 1_700_000_000_000L + b);
      }
      var block = builder.build(before, KeyStoreMark.NONE);
      blocks.add(block);
      before = block.head();
    }
    return blocks;
  }

  private static Draft draft(SecureRandom random, int count) {
    var body = "b".repeat(110).getBytes(StandardCharsets.UTF_8);
    var parts = new ArrayList<DraftPart>();
    for (int i = 0; i < count; i++) {
      var bytes = new byte[i == 0 ? 190 : 110];
      random.nextBytes(bytes);
      parts.add(new DraftPart("history", bytes));
    }
    return new Draft("bygg-as", body, parts, null, List.of(), false, null);
  }
}
