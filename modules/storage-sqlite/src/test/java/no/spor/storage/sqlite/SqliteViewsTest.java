package no.spor.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import no.spor.storage.sqlite.TimelineRuns.Run;
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
  void thereAreFewRunsAndForgettingReachesThoseThatAreBeingMerged() throws Exception {
    byte[] someone = new byte[16];
    someone[3] = 7;
    int count = 0;
    while (count < 40_000 || inState(TimelineRuns.OPEN).isEmpty()) {
      List<TimelineEntry> entries = new ArrayList<>();
      for (int i = count; i < count + 1_000; i++) {
        List<byte[]> people = i % 500 == 0 ? List.of(someone) : List.of();
        entries.add(entry(i, NOON.plusSeconds(i), Map.of("/f", (long) i % 977), people));
      }
      count += 1_000;
      views.timeline().apply(entries, count - 1_000L, count, HISTORY);
      assertThat(inState(TimelineRuns.LIVE)).as("after %s", count).hasSizeLessThan(16);
      assertThat(count).as("a merge that takes several steps").isLessThan(200_000);
    }
    assertThat(find(query(Map.of(), 100)).places())
        .hasSize(100)
        .first()
        .isEqualTo(new Place(NOON.plusSeconds(count - 1), count - 1));
    int places = (count - 4) / 977 + 1;
    assertThat(find(query(Map.of("/f", 3L), 1_000)).places()).hasSize(places);

    byte[] term =
        views
            .file()
            .read(session ->
                new TimelineTerms(SqliteTimelineStore.salt(session))
                    .person("a", false, someone)
                    .bytes());
    assertThat(RawFiles.find(directory.path(), List.of(term))).isNotEmpty();
    assertThat(views.timeline().forget("a", List.of(someone))).isEqualTo(count / 500);
    assertThat(RawFiles.find(directory.path(), List.of(term))).isEmpty();
    assertThat(find(query(Map.of("/f", 3L), 1_000)).places()).hasSize(places);
  }

  private List<Run> inState(int state) {
    return views.file().read(session -> TimelineRuns.inState(session, state));
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
    views.timeline().apply(List.of(entry(0, NOON, Map.of(), List.of())), 0, 1, HISTORY);
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
    views.timeline().apply(entries, 0, count, HISTORY);
    TimelineQuery query = query(Map.of("/x", "1", "/y", "1"), 10);
    List<Place> joined = new ArrayList<>();
    int pages = 0;
    Found page;
    Place after = null;
    do {
      TimelineQuery now =
          new TimelineQuery("a", null, List.of(), null, null, query.facets(), after, 10);
      page =
          views
              .file()
              .read(session -> new TimelineSearch(session, new TimelineRuns(), now, 2_000).find());
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
    int[] count = new int[pseudonyms.size()];
    int position = 1 << 16;
    for (int round = 0; round < 40; round++) {
      position = link(random, position, pseudonyms, count);
    }
    List<byte[]> gone = new ArrayList<>();
    List<byte[]> kept = new ArrayList<>();
    List<byte[]> forgotten = new ArrayList<>();
    int links = 0;
    for (int i = 0; i < pseudonyms.size(); i++) {
      (i % 3 == 0 ? gone : kept).addAll(traces(pseudonyms.get(i)));
      if (i % 3 == 0) {
        forgotten.add(pseudonyms.get(i));
        links += count[i];
      }
    }
    var seen = RawFiles.find(directory.path(), gone);
    assertThat(seen.size())
        .as("or the search is blind: some lie across the end of a page")
        .isGreaterThan(gone.size() / 2);
    assertThat(views.timeline().forget("a", forgotten)).isEqualTo(links);
    assertThat(RawFiles.find(directory.path(), gone)).as("seed %s", seed).isEmpty();
    assertThat(RawFiles.find(directory.path(), kept).size()).isGreaterThan(kept.size() / 2);
    assertThat(RawFiles.find(directory.path(), pseudonyms)).as("never as they are").isEmpty();
    link(random, position, List.of(new byte[16]), new int[1]);
    assertThat(find(query(Map.of("/f", 3L), 1_000)).places()).hasSizeGreaterThan(900);
  }

  /// @return the bytes that say what is to be forgotten: the term's, and its list of each run
  private List<byte[]> traces(byte[] pseudonym) {
    return views
        .file()
        .read(session -> {
          var term =
              new TimelineTerms(SqliteTimelineStore.salt(session)).person("a", false, pseudonym);
          List<byte[]> traces = new ArrayList<>();
          traces.add(term.bytes());
          for (var run : TimelineRuns.inState(session, TimelineRuns.LIVE)) {
            for (int i = 0; i < run.pages(); i++) {
              var page = TimelineRuns.page(session, run, i);
              int list = page.find(term);
              if (list >= 0 && page.list(list).length >= 12) {
                traces.add(page.list(list));
              }
            }
          }
          return traces;
        });
  }

  /// Adds entries of people, and to each one's count of links.
  private int link(Random random, int from, List<byte[]> pseudonyms, int[] count) {
    List<TimelineEntry> entries = new ArrayList<>();
    int added = 50 + random.nextInt(700);
    for (int i = 0; i < added; i++) {
      int person = random.nextInt(pseudonyms.size());
      count[person]++;
      Instant time = NOON.minusSeconds(random.nextInt(1_000_000)).plusNanos(1 << 24 | i << 9);
      entries.add(
          entry(from + i, time, Map.of("/f", (long) i % 7), List.of(pseudonyms.get(person))));
    }
    int to = from + entries.size();
    views.timeline().apply(entries, Math.min(from, views.timeline().applied()), to, HISTORY);
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
