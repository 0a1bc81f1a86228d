package no.spor.benchmark;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.activity.Role;
import no.spor.activity.TimelineEntry;
import no.spor.ledger.Block;
import no.spor.ledger.BlockBuilder;
import no.spor.ledger.BlockReader;
import no.spor.ledger.Draft;
import no.spor.ledger.DraftPart;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.LedgerRecord;
import no.spor.storage.sqlite.DataDirectory;
import no.spor.storage.sqlite.SqliteViews;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The parts of an event's way, each by itself, in microseconds an event.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class Parts {
  private static final int BLOCK = 256;
  private static final int BATCH = 5_000;

  private final List<HeaderBody> headers = new ArrayList<>();
  private final List<byte[]> bodies = new ArrayList<>();
  private final List<Draft> drafts = new ArrayList<>();
  private final List<TimelineEntry> entries = new ArrayList<>();
  private Path folder = Path.of("");
  private Block block;
  private DataDirectory directory;
  private SqliteViews views;
  private long applied;

  // JMH fills the state before it uses it.
  @SuppressWarnings("NullAway.Init")
  public Parts() {}

  @Setup
  public void prepare() throws Exception {
    var checkins = Checkins.in(Path.of("none"), Instant.now());
    var random = new Random(1);
    for (int i = 0; i < BATCH; i++) {
      var checkin = checkins.at(i);
      var header =
          new HeaderBody(
              checkin.id(),
              "/gowalla",
              Checkin.TYPE,
              checkin.time(),
              SporNode.TENANT,
              "history",
              1,
              1,
              List.of(Role.ACTOR, Role.COMPANY),
              Map.of("/site", checkin.site()),
              List.of());
      var pseudonym = ByteBuffer.allocate(16).putInt(checkin.user().hashCode()).array();
      headers.add(header);
      bodies.add(HeaderBodyCodec.encode(header));
      entries.add(
          new TimelineEntry(
              i,
              header.tenant(),
              header.source(),
              header.type(),
              header.time(),
              header.facets(),
              List.of(pseudonym)));
      if (i < BLOCK) {
        var part = new byte[180];
        random.nextBytes(part);
        drafts.add(
            new Draft(
                SporNode.TENANT,
                bodies.getLast(),
                List.of(new DraftPart("history", part), new DraftPart("history", part.clone())),
                null,
                List.of(),
                false,
                null));
      }
    }
    block = build();
    folder = Files.createTempDirectory("spor-parts-");
    directory = DataDirectory.open(folder);
    views = SqliteViews.open(directory, new UUID(1, 2), _ -> true);
  }

  @TearDown
  public void close() {
    views.close();
    directory.close();
    Bench.delete(folder);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long encodeHeader() {
    long length = 0;
    for (var header : headers) {
      length += HeaderBodyCodec.encode(header).length;
    }
    return length;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long decodeHeader() {
    long facets = 0;
    for (var body : bodies) {
      facets += HeaderBodyCodec.decode(body).facets().size();
    }
    return facets;
  }

  @Benchmark
  @OperationsPerInvocation(BLOCK)
  public Block buildBlock() {
    return build();
  }

  private Block build() {
    var builder = new BlockBuilder(new UUID(3, 4), new SecureRandom());
    for (int i = 0; i < BLOCK; i++) {
      builder.add(drafts.get(i), i, 1);
    }
    return builder.build(null, KeyStoreMark.NONE);
  }

  @Benchmark
  @OperationsPerInvocation(BLOCK)
  public List<LedgerRecord> readBlock() {
    return new BlockReader(block).records();
  }

  /// Postings, with the merging that goes with them.
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void applyToTimeline() {
    List<TimelineEntry> next = new ArrayList<>(BATCH);
    for (var entry : entries) {
      next.add(
          new TimelineEntry(
              applied + entry.position(),
              entry.tenant(),
              entry.source(),
              entry.type(),
              entry.time(),
              entry.facets(),
              entry.pseudonyms()));
    }
    applied += BATCH;
    views.timeline().apply(next, applied - BATCH, applied, new byte[] {1});
  }
}
