package no.spor.ledger.verify;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Checks a log from its public bytes alone: every entry, every tile, the signed root, and older
/// checkpoints. With a tenant's headers also that each opens its entry and none was withheld. Run
/// once.
public final class TreeVerifier {
  private static final int WIDTH = 256;
  private static final int ENTRY_BYTES = 33;
  private static final int AHEAD = 16;

  private final TreeSource source;
  private final Findings findings = new Findings();
  private final TreeFrontier tree = new TreeFrontier();
  private final TileCompare tiles;
  private final Roots roots;
  private LongConsumer progress = size -> {};
  private @Nullable OwnRecords own;
  private byte[] fetched = new byte[0];

  private TreeVerifier(TreeSource source) {
    this.source = source;
    this.tiles = new TileCompare(this::tile, findings);
    this.roots = new Roots(findings, tiles);
  }

  public static TreeVerifier of(TreeSource source) {
    return new TreeVerifier(source);
  }

  /// Holds the log against a checkpoint, newer or older than the one that is served.
  public TreeVerifier checkpoint(String name, byte[] note, Collection<VerifierKey> keys) {
    roots.expect(name, note, keys);
    return this;
  }

  /// Takes up what is wrong with the log's keys ([KeyChain#flaws]).
  public TreeVerifier keyFlaw(String flaw) {
    findings.add(Finding.ofLedger(FindingKind.KEY_STATEMENT, flaw));
    return this;
  }

  /// Holds the headers that the source gives against the entries.
  public TreeVerifier tenant(String tenant) {
    own = new OwnRecords(source, tenant, findings);
    return this;
  }

  /// @param listener is told how many entries were looked at
  public TreeVerifier progress(LongConsumer listener) {
    progress = listener;
    return this;
  }

  /// @return how many of the tenant's events there were
  public long ownEvents() {
    return own == null ? 0 : own.count();
  }

  /// @param served the checkpoint that the log shows now
  /// @throws RuntimeException what the source throws: nothing is said of the log then
  public Report run(byte[] served, Collection<VerifierKey> keys) {
    if (roots.expect("the checkpoint that is served", served, keys)) {
      roots.begin();
      roots.at(tree);
      read(CheckpointNote.parse(served).size());
      tiles.end(tree.size(), true);
      roots.end(tree, true);
    }
    return Report.of(0, tree, tree.size(), findings);
  }

  private record Fetched(long index, int width, byte[] entries, byte[] tile) {}

  private void read(long size) {
    try (var pool = Executors.newFixedThreadPool(AHEAD / 2, TreeVerifier::thread)) {
      var ahead = new ArrayDeque<Future<Fetched>>();
      try {
        for (long from = 0; from < size || !ahead.isEmpty(); ) {
          while (from < size && ahead.size() < AHEAD) {
            long index = from / WIDTH;
            int width = (int) Math.min(WIDTH, size - from);
            ahead.add(
                pool.submit(() ->
                    new Fetched(
                        index, width, source.entries(index, width), source.tile(0, index, width))));
            from += width;
          }
          if (!take(result(ahead.remove()))) {
            return;
          }
          progress.accept(tree.size());
        }
      } finally {
        pool.shutdownNow();
      }
    }
  }

  private static Thread thread(Runnable work) {
    return Thread.ofPlatform().daemon().name("verify").unstarted(work);
  }

  private static Fetched result(Future<Fetched> fetched) {
    try {
      return fetched.get();
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

  /// @return whether there were as many entries as there must be; else the tree ends here
  private boolean take(Fetched bundle) {
    fetched = bundle.tile();
    var entries = bundle.entries();
    var leaf = new byte[Sha256.BYTES];
    var sha256 = new Sha256();
    for (int i = 0; i < bundle.width(); i++) {
      int at = i * (2 + ENTRY_BYTES);
      long position = bundle.index() * WIDTH + i;
      boolean there =
          entries.length >= at + 2 + ENTRY_BYTES
              && entries[at] == 0
              && entries[at + 1] == ENTRY_BYTES
              && entries[at + 2] == 1;
      if (!there) {
        findings.add(
            Finding.ofPosition(
                FindingKind.BUNDLE, position, "its entry is not served, or not in form"));
        return false;
      }
      sha256.leaf(entries, at + 3, leaf, 0);
      if (own != null) {
        own.entry(position, entries, at + 3);
      }
      tree.append(leaf, 0, roots);
      roots.at(tree);
    }
    if (entries.length != bundle.width() * (2 + ENTRY_BYTES)) {
      findings.add(
          Finding.ofPosition(
              FindingKind.BUNDLE, bundle.index() * WIDTH, "its bundle holds surplus bytes"));
    }
    return true;
  }

  /// Of a public log every tile must be served.
  private byte[] tile(int level, long index, int width) {
    var tile = level == 0 ? fetched : source.tile(level, index, width);
    return tile.length > 0 ? tile : new byte[1];
  }
}
