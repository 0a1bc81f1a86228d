package no.spor.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import no.spor.activity.TimelineEntry;
import no.spor.activity.TimelineQuery;
import no.spor.activity.TimelineQuery.Place;
import no.spor.activity.TimelineStore.Found;
import no.spor.ledger.axon.ProcessorProgress.Claim;
import no.spor.ledger.axon.ProcessorProgress.Segment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is SQLite's own about the views: which lists are read, when they are thrown away, what lies
/// in the file.
class SqliteViewsTest {
  private static final UUID LEDGER = new UUID(1, 2);
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final byte[] HISTORY = {1};

  @TempDir Path temp;
  private DataDirectory directory;
  private SqliteViews views;

  @BeforeEach
  void openViews() {
    directory = DataDirectory.open(temp.resolve("data"));
    views = SqliteViews.open(directory, LEDGER, _ -> true);
  }

  @AfterEach
  void closeViews() {
    views.close();
    directory.close();
  }

  @Test
  void everyListIsReadByItsKeyFromWhereThePageBegins() {
    assertThat(plan(PostingStream.SELECT))
        .containsExactly(
            "SEARCH posting USING PRIMARY KEY (term=? AND (seconds,nanos,position)<(?,?,?))");
    assertThat(plan(TimelineSearch.TERM)).containsExactly("SEARCH term USING PRIMARY KEY (hash=?)");
    assertThat(plan(TimelineSearch.LISTED))
        .containsExactly("SEARCH type USING PRIMARY KEY (tenant=? AND own=?)");
  }

  private List<String> plan(String sql) {
    return views
        .file()
        .read(session -> session.list("explain query plan " + sql, row -> row.getString("detail")));
  }

  @Test
  void viewsOfAnotherLedgerOrAnotherPastAreThrownAwayWithTheirProgress() {
    fill();
    reopen(LEDGER, true);
    assertThat(views.timeline().applied()).isOne();
    assertThat(views.progress().segments("timeline"))
        .containsExactly(new Segment(0, 0, 1, "node", 9));
    String id = views.progress().id();

    reopen(LEDGER, false);
    assertThat(views.timeline().applied()).as("another past").isZero();
    assertThat(views.progress().segments("timeline")).isEmpty();
    assertThat(views.progress().id()).isNotEqualTo(id);

    fill();
    reopen(new UUID(3, 4), true);
    assertThat(views.timeline().applied()).as("another ledger").isZero();
    assertThat(views.progress().segments("timeline")).isEmpty();
    assertThat(find(query(Map.of(), 10)).places()).isEmpty();
  }

  private void fill() {
    views.timeline().apply(List.of(entry(0, NOON, Map.of(), List.of())), 1, HISTORY);
    views.progress().create("timeline", 0, 0, 1);
    views.progress().claim("timeline", 0, new Claim("node", 1, 9));
  }

  private void reopen(UUID ledger, boolean fits) {
    views.close();
    views = SqliteViews.open(directory, ledger, _ -> fits);
  }

  @Test
  void aSearchForWhatHardlyStandsTogetherStopsAndSaysWhereToGoOn() {
    List<TimelineEntry> entries = new ArrayList<>();
    int count = 20_000;
    for (int i = 0; i < count; i++) {
      Map<String, Object> facets =
          i == 3 ? Map.of("/x", "1", "/y", "1") : Map.of(i % 2 == 0 ? "/x" : "/y", "1");
      entries.add(entry(i, NOON.plusSeconds(i), facets, List.of()));
    }
    views.timeline().apply(entries, count, HISTORY);
    TimelineQuery query = query(Map.of("/x", "1", "/y", "1"), 10);
    List<Place> joined = new ArrayList<>();
    int pages = 0;
    Found page;
    Place after = null;
    do {
      TimelineQuery now =
          new TimelineQuery("a", null, List.of(), null, null, query.facets(), after, 10);
      page = views.file().read(session -> new TimelineSearch(session, now, 2_000).find());
      joined.addAll(page.places());
      after = page.next();
      pages++;
    } while (after != null);
    assertThat(joined).containsExactly(new Place(NOON.plusSeconds(3), 3));
    assertThat(pages).isBetween(5, 40);
    assertThat(find(query).places()).as("with the usual allowance").hasSize(1);
  }

  @Test
  void whatIsForgottenIsInNoFile() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed of SqliteViewsTest: " + seed);
    Random random = new Random(seed);
    List<byte[]> pseudonyms = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      byte[] pseudonym = new byte[16];
      random.nextBytes(pseudonym);
      pseudonyms.add(pseudonym);
    }
    List<List<byte[]>> links = new ArrayList<>();
    pseudonyms.forEach(_ -> links.add(new ArrayList<>()));
    int position = 1 << 16;
    for (int round = 0; round < 12; round++) {
      position = link(random, position, pseudonyms, links);
    }
    List<byte[]> gone = new ArrayList<>();
    List<byte[]> kept = new ArrayList<>();
    for (int i = 0; i < pseudonyms.size(); i++) {
      (i % 3 == 0 ? gone : kept).addAll(links.get(i));
      byte[] hash = new TimelineTerms().person("a", false, pseudonyms.get(i)).bytes();
      (i % 3 == 0 ? gone : kept).add(hash);
    }
    assertThat(RawFiles.find(directory.path(), gone))
        .as("or the search is blind")
        .hasSize(gone.size());
    List<byte[]> forgotten = new ArrayList<>();
    for (int i = 0; i < pseudonyms.size(); i += 3) {
      forgotten.add(pseudonyms.get(i));
    }
    assertThat(views.timeline().forget("a", forgotten)).isEqualTo(gone.size() - forgotten.size());
    assertThat(RawFiles.find(directory.path(), gone)).as("seed %s", seed).isEmpty();
    assertThat(RawFiles.find(directory.path(), kept)).hasSize(kept.size());
    assertThat(RawFiles.find(directory.path(), pseudonyms)).as("never as they are").isEmpty();
  }

  /// Adds entries, and to each pseudonym's links the bytes that such a row has in the file.
  private int link(Random random, int from, List<byte[]> pseudonyms, List<List<byte[]>> links) {
    List<TimelineEntry> entries = new ArrayList<>();
    List<Integer> people = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      int person = random.nextInt(pseudonyms.size());
      people.add(person);
      Instant time = NOON.minusSeconds(random.nextInt(1_000_000)).plusNanos(1 << 24 | i << 9);
      entries.add(
          entry(from + i, time, Map.of("/f", (long) i % 7), List.of(pseudonyms.get(person))));
    }
    int to = from + entries.size();
    views.timeline().apply(entries, to, HISTORY);
    for (int i = 0; i < entries.size(); i++) {
      byte[] pseudonym = pseudonyms.get(people.get(i));
      byte[] hash = new TimelineTerms().person("a", false, pseudonym).bytes();
      int term =
          views
              .file()
              .read(session ->
                  Math.toIntExact(session.number("select id from term where hash = ?", hash)));
      Instant time = entries.get(i).time();
      links
          .get(people.get(i))
          .add(
              ByteBuffer.allocate(12)
                  .put((byte) term)
                  .putInt((int) time.getEpochSecond())
                  .putInt(time.getNano())
                  .put((byte) (from + i >> 16))
                  .putShort((short) (from + i))
                  .array());
    }
    return to;
  }

  @Test
  void forgettingIsRefusedWithinATransaction() {
    var transaction = views.begin();
    assertThatThrownBy(() -> views.timeline().forget("a", List.of(new byte[16])))
        .isInstanceOf(IllegalStateException.class);
    transaction.rollback();
  }

  private Found find(TimelineQuery query) {
    return views.timeline().find(query);
  }

  private static TimelineQuery query(Map<String, Object> facets, int limit) {
    return new TimelineQuery("a", null, List.of(), null, null, facets, null, limit);
  }

  private static TimelineEntry entry(
      long position, Instant time, Map<String, Object> facets, List<byte[]> pseudonyms) {
    return new TimelineEntry(position, "a", "/app", "t", time, facets, pseudonyms);
  }
}
