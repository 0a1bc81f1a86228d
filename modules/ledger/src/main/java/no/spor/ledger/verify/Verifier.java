package no.spor.ledger.verify;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import no.spor.ledger.Block;
import no.spor.ledger.LedgerDamageException;
import org.jspecify.annotations.Nullable;

/// Checks a whole ledger from its stored bytes: every hash from every byte it covers, what must
/// hold from block to block, and every checkpoint it is given. Reads it once, from the first block
/// to the last, in memory that does not grow with it.
///
/// Made by [#of], told what to hold it against, run once. Blocks are checked on several threads;
/// all else on the caller's. A ledger that grows meanwhile is checked to its end.
public final class Verifier {
  private static final int BATCH_BLOCKS = 16;
  private static final int BATCHES_A_THREAD = 4;
  private static final byte[] STATE = BlockCheck.ascii("spor/verify/v3\n");

  private final BlockSource source;
  private final Findings findings = new Findings();
  private final ConcurrentLinkedDeque<BlockCheck> idle = new ConcurrentLinkedDeque<>();
  private HistoryRules rules = HistoryRules.NONE;
  private Progress progress = (blocks, ofBlocks, records, state) -> {};
  private TreeFrontier.TileHashes tiles = TreeFrontier.TileHashes.NOBODY;
  private final List<Given> given = new ArrayList<>();
  private int threads = Runtime.getRuntime().availableProcessors();
  private byte @Nullable [] resume;

  private record Given(String name, byte[] note, List<VerifierKey> keys, boolean former) {}

  private Verifier(BlockSource source) {
    this.source = source;
  }

  public static Verifier of(BlockSource source) {
    return new Verifier(source);
  }

  /// Is told how far a check has come, on the thread that runs it.
  @FunctionalInterface
  public interface Progress {
    /// @param ofBlocks how many there were when it was last looked
    /// @param state makes what [Verifier#resume] goes on from; dear, so ask for it seldom
    void at(long blocks, long ofBlocks, long records, Supplier<byte[]> state);
  }

  public Verifier rules(HistoryRules judging) {
    rules = judging;
    return this;
  }

  public Verifier threads(int count) {
    threads = count;
    return this;
  }

  public Verifier progress(Progress listener) {
    progress = listener;
    return this;
  }

  /// Holds the ledger against a checkpoint: its signature, and that its root is that of the entries
  /// it covers.
  ///
  /// @param name what findings call it
  /// @param keys one of them must have signed it
  public Verifier checkpoint(String name, byte[] note, Collection<VerifierKey> keys) {
    given.add(new Given(name, note.clone(), List.copyOf(keys), false));
    return this;
  }

  /// Holds the ledger against a checkpoint of an origin that it had before it was restored and
  /// continued: as [#checkpoint], but what came after the point it was restored to is lost, as is
  /// recorded, and cannot be held against it.
  public Verifier formerCheckpoint(String name, byte[] note, Collection<VerifierKey> keys) {
    given.add(new Given(name, note.clone(), List.copyOf(keys), true));
    return this;
  }

  /// Takes up that no checkpoint is kept where some must be.
  public Verifier checkpointsMissing(String detail) {
    findings.add(Finding.ofLedger(FindingKind.CHECKPOINT_MISSING, detail));
    return this;
  }

  /// Takes up what is wrong with the ledger's keys ([KeyChain#flaws]).
  public Verifier keyFlaw(String flaw) {
    findings.add(Finding.ofLedger(FindingKind.KEY_STATEMENT, flaw));
    return this;
  }

  /// Holds the tree's tiles against stored ones.
  public Verifier tiles(StoredTiles stored) {
    tiles = new TileCompare(stored, findings);
    return this;
  }

  /// Goes on where an interrupted check of this ledger came to. What it came past is not looked at
  /// again: the state is only as good as whoever kept it.
  ///
  /// @param state as [Progress] gave it
  public Verifier resume(byte[] state) {
    resume = state.clone();
    return this;
  }

  /// @throws IllegalArgumentException where the state to go on from is none of this ledger, or of
  ///   another past of it
  /// @throws RuntimeException where the store cannot be read: nothing is said of the ledger then
  public Report run() {
    var roots = new Roots(findings, tiles);
    given.forEach(one -> roots.expect(one.name(), one.note(), one.keys(), one.former()));
    roots.begin();
    var chain = new Chain(source.ledger(), findings, roots);
    var begun = resume;
    if (begun != null) {
      restore(chain, begun);
    }
    try (var pool = Executors.newFixedThreadPool(threads, Verifier::thread)) {
      try {
        readAll(chain, pool);
      } finally {
        pool.shutdownNow();
      }
    }
    roots.end(chain.tree(), chain.whole(), rules);
    if (tiles instanceof TileCompare compare) {
      compare.end(chain.tree().size(), chain.whole());
    }
    chain.index().compare(source, chain.block(), findings);
    rules.finish(chain.absent(), findings);
    return Report.of(chain.block(), chain.tree(), chain.position(), findings);
  }

  private static Thread thread(Runnable work) {
    return Thread.ofPlatform().daemon().name("verify").unstarted(work);
  }

  private void readAll(Chain chain, ExecutorService pool) {
    long end = end();
    while (chain.block() < end) {
      read(chain, end, pool);
      long now = end();
      if (now <= end) {
        break;
      }
      end = now;
    }
    if (chain.block() < end) {
      findings.add(
          Finding.ofBlock(
              FindingKind.BLOCK_MISSING, chain.block(), "it is missing, up to block " + (end - 1)));
    }
  }

  private long end() {
    var newest = source.newest();
    return newest.isEmpty() ? 0 : newest.getAsLong() + 1;
  }

  /// Blocks `from` and on, up to `end`, some batches ahead of what the chain has taken.
  private void read(Chain chain, long end, ExecutorService pool) {
    var ahead = new ArrayDeque<Future<Batch>>();
    long next = chain.block();
    while (next < end || !ahead.isEmpty()) {
      while (next < end && ahead.size() < threads * BATCHES_A_THREAD) {
        long from = next;
        int count = (int) Math.min(BATCH_BLOCKS, end - next);
        ahead.add(pool.submit(() -> batch(from, count)));
        next += count;
      }
      var batch = result(ahead.remove());
      batch.take(chain);
      progress.at(chain.block(), end, chain.position(), () -> state(chain));
      if (batch.jump() > chain.block() && batch.jump() > batch.end()) {
        ahead.forEach(later -> later.cancel(true));
        ahead.clear();
        next = batch.jump();
      }
    }
  }

  private static Batch result(Future<Batch> batch) {
    try {
      return batch.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failed) {
        throw failed;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /// Some blocks, each read or not.
  ///
  /// @param end number after the last block asked for
  /// @param jump number of the next block that there is, where none of those asked for is
  private record Batch(List<Read> blocks, long end, long jump) {
    void take(Chain chain) {
      for (var read : blocks) {
        var checked = read.checked();
        if (checked != null) {
          chain.take(checked);
        } else {
          chain.unreadable(read.number(), read.flaw());
        }
      }
    }
  }

  private record Read(@Nullable CheckedBlock checked, long number, String flaw) {}

  private Batch batch(long from, int count) {
    var taken = idle.poll();
    var check = taken == null ? new BlockCheck(rules) : taken;
    long end = from + count;
    try {
      var found = source.blocks(from, count);
      var read = new ArrayList<Read>(count);
      for (var block : found) {
        if (block.head().number() < end) {
          read.add(read(check, block));
        }
      }
      boolean none = read.isEmpty() && !found.isEmpty();
      return new Batch(read, end, none ? found.getFirst().head().number() : -1);
    } catch (LedgerDamageException damaged) {
      return oneByOne(check, from, end);
    } finally {
      idle.push(check);
    }
  }

  private Batch oneByOne(BlockCheck check, long from, long end) {
    var read = new ArrayList<Read>();
    for (long number = from; number < end; number++) {
      try {
        for (var block : source.blocks(number, 1)) {
          if (block.head().number() == number) {
            read.add(read(check, block));
          }
        }
      } catch (LedgerDamageException damaged) {
        read.add(new Read(null, number, String.valueOf(damaged.getMessage())));
      }
    }
    return new Batch(read, end, -1);
  }

  private static Read read(BlockCheck check, Block block) {
    return new Read(check.check(block), block.head().number(), "");
  }

  private byte[] state(Chain chain) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.write(STATE);
      chain.save(out);
      rules.save(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    bytes.writeBytes(new Sha256().with(bytes.toByteArray()).hash());
    return bytes.toByteArray();
  }

  private void restore(Chain chain, byte[] state) {
    int length = state.length - Sha256.BYTES;
    var sound =
        length > STATE.length
            && Arrays.equals(STATE, Arrays.copyOf(state, STATE.length))
            && Arrays.equals(
                new Sha256().with(state, 0, length).hash(),
                Arrays.copyOfRange(state, length, state.length));
    if (!sound) {
      throw new IllegalArgumentException("it is not the state of a check");
    }
    try (var in =
        new DataInputStream(new ByteArrayInputStream(state, STATE.length, length - STATE.length))) {
      chain.restore(in);
      rules.restore(in);
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    var last = source.blocks(chain.block() - 1, 1);
    if (chain.block() < 1 || last.isEmpty() || !chain.endsWith(last.getFirst())) {
      throw new IllegalArgumentException("the ledger has another past than when it was kept");
    }
    findings.unchecked("blocks that an earlier run had come past", chain.block());
  }
}
