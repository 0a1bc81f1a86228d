package no.spor.ledger.verify;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Checks a log from its public bytes alone: every entry, every tile, the signed root, and older
/// checkpoints. With a tenant's headers also that each opens its entry and none was withheld. Run
/// once.
public final class TreeVerifier {
  private static final int WIDTH = 256;
  private static final int ENTRY_BYTES = 33;
  private static final int AHEAD = 16;
  private static final String STATE = "spor/verify-tree/v1";

  private final TreeSource source;
  private final Findings findings = new Findings();
  private final Sha256 sha256 = new Sha256();
  private final TreeFrontier tree = new TreeFrontier();
  private final TileCompare tiles;
  private final Roots roots;
  private Progress progress = (entries, state) -> {};
  private @Nullable OwnRecords own;
  private byte[] fetched = new byte[0];
  private byte @Nullable [] resume;
  private String origin = "";
  private long size;
  private byte[] root = new byte[0];

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
    roots.expect(name, note, keys, false);
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

  /// Is told how far a check has come, on the thread that runs it.
  @FunctionalInterface
  public interface Progress {
    /// @param state makes what [TreeVerifier#resume] goes on from
    void at(long entries, Supplier<byte[]> state);
  }

  /// Goes on where an interrupted check of this log came to. What it came past is not fetched
  /// again; that the log still has that past is checked by its root.
  ///
  /// @param state as [Progress] gave it
  public TreeVerifier resume(byte[] state) {
    resume = state.clone();
    return this;
  }

  public TreeVerifier progress(Progress listener) {
    progress = listener;
    return this;
  }

  /// @return how many of the tenant's events there were
  public long ownEvents() {
    return own == null ? 0 : own.count();
  }

  /// @param served the checkpoint that the log shows now
  /// @throws IllegalArgumentException where the state to go on from is none of this log
  /// @throws RuntimeException what the source throws: nothing is said of the log then
  public Report run(byte[] served, Collection<VerifierKey> keys) {
    if (roots.expect("the checkpoint that is served", served, keys, false)) {
      roots.begin();
      var checkpoint = CheckpointNote.parse(served);
      origin = checkpoint.origin();
      size = checkpoint.size();
      root = checkpoint.root();
      var begun = resume;
      if (begun != null) {
        restore(begun);
      }
      roots.at(tree);
      read();
      tiles.end(tree.size(), tree.size() == size);
      roots.end(tree, true, HistoryRules.NONE);
    }
    return Report.of(0, tree, tree.size(), findings);
  }

  private record Fetched(long index, int width, byte[] entries, byte[] tile) {}

  private void read() {
    try (var pool = Executors.newFixedThreadPool(AHEAD / 2, TreeVerifier::thread)) {
      var ahead = new ArrayDeque<Future<Fetched>>();
      try {
        for (long from = tree.size(); from < size || !ahead.isEmpty(); ) {
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
          if (tree.size() % WIDTH == 0) {
            progress.at(tree.size(), this::state);
          }
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
    long first = bundle.index() * WIDTH;
    int there = inForm(entries, bundle.width());
    var leaves = new byte[there * Sha256.BYTES];
    for (int i = 0; i < there; i++) {
      sha256.leaf(entries, at(i) + 3, leaves, i * Sha256.BYTES);
    }
    if (there == bundle.width()) {
      leaves = judged(bundle, leaves);
    }
    for (int i = 0; i < there; i++) {
      if (own != null) {
        own.entry(first + i, entries, at(i) + 3);
      }
      tree.append(leaves, i * Sha256.BYTES, roots);
      roots.at(tree);
    }
    if (there < bundle.width()) {
      findings.add(
          Finding.ofPosition(
              FindingKind.BUNDLE, first + there, "its entry is not served, or not in form"));
      return false;
    }
    if (entries.length != at(bundle.width())) {
      findings.add(Finding.ofPosition(FindingKind.BUNDLE, first, "its bundle holds surplus bytes"));
    }
    return true;
  }

  private static int at(int entry) {
    return entry * (2 + ENTRY_BYTES);
  }

  /// @return how many entries stand in a bundle, one after the other, as they must
  private static int inForm(byte[] entries, int width) {
    int i = 0;
    while (i < width
        && entries.length >= at(i + 1)
        && entries[at(i)] == 0
        && entries[at(i) + 1] == ENTRY_BYTES
        && entries[at(i) + 2] == 1) {
      i++;
    }
    return i;
  }

  /// Where a bundle and its tile differ, what is above them tells which of the two was changed.
  ///
  /// @param leaves of the bundle's entries
  /// @return the leaves to go on with: the tile's, where it is the bundle that was changed
  private byte[] judged(Fetched bundle, byte[] leaves) {
    var tile = bundle.tile();
    if (tile.length != leaves.length
        || Arrays.equals(tile, leaves)
        || stands(bundle, leaves)
        || !stands(bundle, tile)) {
      return leaves;
    }
    for (int i = 0; i < bundle.width(); i++) {
      int from = i * Sha256.BYTES;
      if (!Arrays.equals(tile, from, from + Sha256.BYTES, leaves, from, from + Sha256.BYTES)) {
        findings.add(
            Finding.ofPosition(
                FindingKind.BUNDLE,
                bundle.index() * WIDTH + i,
                "its entry is not the one that the tree holds"));
      }
    }
    return tile;
  }

  /// @return whether these leaves are those of the tree, as the tile above says, or for the last
  ///   ones the checkpoint
  private boolean stands(Fetched bundle, byte[] leaves) {
    if (bundle.width() < WIDTH) {
      return Arrays.equals(tree.copy().with(leaves).root(), root);
    }
    long above = bundle.index() / WIDTH;
    int place = (int) (bundle.index() % WIDTH) * Sha256.BYTES;
    var tile = source.tile(1, above, (int) Math.min(WIDTH, size / WIDTH - above * WIDTH));
    var hash = new TreeFrontier().with(leaves).root();
    return tile.length >= place + Sha256.BYTES
        && Arrays.equals(tile, place, place + Sha256.BYTES, hash, 0, Sha256.BYTES);
  }

  private byte[] state() {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeUTF(STATE);
      out.writeUTF(origin);
      out.writeUTF(own == null ? "" : own.tenant());
      tree.save(out);
      if (own != null) {
        own.save(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    bytes.writeBytes(new Sha256().with(bytes.toByteArray()).hash());
    return bytes.toByteArray();
  }

  private void restore(byte[] state) {
    int length = Math.max(0, state.length - Sha256.BYTES);
    if (!Arrays.equals(
        new Sha256().with(state, 0, length).hash(),
        Arrays.copyOfRange(state, length, state.length))) {
      throw new IllegalArgumentException("it is not the state of a check");
    }
    try (var in = new DataInputStream(new ByteArrayInputStream(state, 0, length))) {
      if (!in.readUTF().equals(STATE)
          || !in.readUTF().equals(origin)
          || !in.readUTF().equals(own == null ? "" : own.tenant())) {
        throw new IllegalArgumentException("it is the state of another check");
      }
      tree.restore(in);
      if (own != null) {
        own.restore(in, tree.size());
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("it is not the state of a check", e);
    }
    if (tree.size() > size || tree.size() % WIDTH != 0) {
      throw new IllegalArgumentException(
          "the log had more entries when it was kept than it shows now");
    }
    findings.unchecked("entries that an earlier run had come past", tree.size());
  }

  /// Of a public log every tile must be served.
  private byte[] tile(int level, long index, int width) {
    var tile = level == 0 ? fetched : source.tile(level, index, width);
    return tile.length > 0 ? tile : new byte[1];
  }
}
