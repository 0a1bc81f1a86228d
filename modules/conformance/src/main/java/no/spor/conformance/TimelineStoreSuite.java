package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import no.spor.activity.HeaderBody.JsonNull;
import no.spor.activity.HeaderBody.JsonNumber;
import no.spor.activity.TimelineEntry;
import no.spor.activity.TimelineQuery;
import no.spor.activity.TimelineQuery.Place;
import no.spor.activity.TimelineStore;
import no.spor.activity.TimelineStore.Found;
import no.spor.activity.ViewGapException;
import no.spor.ledger.axon.ViewTransactions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every store of the timeline view must promise. A subclass gives a fixture; a fixture
/// declares differences, it never skips.
public abstract class TimelineStoreSuite {

  /// A store under test.
  public interface Fixture extends AutoCloseable {
    TimelineStore store();

    /// @return the transactions that the store takes part in; [ViewTransactions#none] where it has
    ///   none
    ViewTransactions transactions();

    /// @return the same store, opened anew as after a restart
    TimelineStore reopened();

    @Override
    void close();
  }

  private static final Instant NOON = SampleEntry.NOON;
  private static final String A = SampleEntry.TENANT;
  private static final String B = "tak-as";
  private static final byte[] HISTORY = {1, 2, 3};

  protected Fixture fixture;
  private TimelineStore store;

  /// @return a fixture over an empty view
  protected abstract Fixture open();

  @BeforeEach
  void openFixture() {
    fixture = open();
    store = fixture.store();
  }

  @AfterEach
  void closeFixture() {
    fixture.close();
  }

  @Test
  void anEntryIsFoundByTenantTypePersonAndFacet() {
    apply(new SampleEntry(0).person(7).facet("/site", "23261"));
    List<Place> there = List.of(new Place(NOON, 0));
    assertThat(places(new SampleQuery())).isEqualTo(there);
    assertThat(places(new SampleQuery().types("site.checkin"))).isEqualTo(there);
    assertThat(places(new SampleQuery().people(7))).isEqualTo(there);
    assertThat(places(new SampleQuery().facet("/site", "23261"))).isEqualTo(there);
    assertThat(places(new SampleQuery().types("site.checkin").people(7).facet("/site", "23261")))
        .isEqualTo(there);
    assertThat(places(new SampleQuery().types("logout"))).isEmpty();
    assertThat(places(new SampleQuery().people(8))).isEmpty();
    assertThat(places(new SampleQuery().people())).as("nobody's events").isEmpty();
    assertThat(places(new SampleQuery().facet("/site", "23262"))).isEmpty();
    assertThat(places(new SampleQuery().facet("/place", "23261"))).isEmpty();
    assertThat(places(new SampleQuery().types("site.checkin").people(8).facet("/site", "23261")))
        .isEmpty();
  }

  @Test
  void theNewestComesFirstToTheNanosecondAndThenTheLaterPosition() {
    apply(
        new SampleEntry(0).at(NOON.plusNanos(1)),
        new SampleEntry(1).at(NOON.plusSeconds(1)),
        new SampleEntry(2).at(NOON),
        new SampleEntry(3).at(NOON.plusNanos(1)),
        new SampleEntry(4).at(NOON.minusNanos(1)),
        new SampleEntry(5).at(Instant.parse("1969-12-31T23:59:59.999999999Z")),
        new SampleEntry(6).at(Instant.parse("1678-01-01T00:00:00Z")),
        new SampleEntry(7).at(Instant.parse("2261-12-31T23:59:59.999999999Z")));
    assertThat(positions(new SampleQuery())).containsExactly(7L, 1L, 3L, 0L, 2L, 4L, 5L, 6L);
    assertThat(store.find(new SampleQuery().query()).places())
        .contains(new Place(Instant.parse("1969-12-31T23:59:59.999999999Z"), 5));
    for (int limit = 1; limit < 9; limit++) {
      assertThat(paged(new SampleQuery().limit(limit)))
          .extracting(Place::position)
          .as("in pages of " + limit)
          .containsExactly(7L, 1L, 3L, 0L, 2L, 4L, 5L, 6L);
    }
  }

  @Test
  void fromIsInclusiveAndToIsExclusive() {
    apply(
        new SampleEntry(0).at(NOON.minusNanos(1)),
        new SampleEntry(1).at(NOON),
        new SampleEntry(2).at(NOON.plusNanos(1)),
        new SampleEntry(3).at(NOON.plusSeconds(1)),
        new SampleEntry(4).at(NOON.plusSeconds(1)));
    assertThat(positions(new SampleQuery().from(NOON))).containsExactly(4L, 3L, 2L, 1L);
    assertThat(positions(new SampleQuery().to(NOON.plusSeconds(1)))).containsExactly(2L, 1L, 0L);
    assertThat(positions(new SampleQuery().from(NOON).to(NOON.plusNanos(1)))).containsExactly(1L);
    assertThat(positions(new SampleQuery().from(NOON).to(NOON))).isEmpty();
    assertThat(positions(new SampleQuery().from(NOON.plusSeconds(1)).to(NOON))).isEmpty();
  }

  @Test
  void aPageThatEndsTheTimelineSaysSo() {
    apply(new SampleEntry(0), new SampleEntry(1), new SampleEntry(2));
    assertThat(store.find(new SampleQuery().limit(3).query()).next()).isNull();
    assertThat(store.find(new SampleQuery().limit(2).query()).next()).isEqualTo(new Place(NOON, 1));
    assertThat(store.find(new SampleQuery().limit(2).from(NOON.plusNanos(1)).query()).next())
        .isNull();
    assertThat(store.find(new SampleQuery().after(new Place(NOON, 0)).query()))
        .isEqualTo(new Found(List.of(), null));
    assertThat(positions(new SampleQuery().after(new Place(NOON, 77)))).containsExactly(2L, 1L, 0L);
  }

  @Test
  void tenantsAreApartEvenWhereEverythingElseIsEqual() {
    apply(
        new SampleEntry(0).person(7).facet("/site", "1"),
        new SampleEntry(1).tenant(B).person(7).facet("/site", "1"));
    for (SampleQuery ask :
        List.of(
            new SampleQuery(),
            new SampleQuery().types("site.checkin"),
            new SampleQuery().people(7),
            new SampleQuery().facet("/site", "1"),
            new SampleQuery().types("site.checkin").people(7).facet("/site", "1"))) {
      assertThat(positions(ask)).containsExactly(0L);
      assertThat(positions(ask.tenant(B))).containsExactly(1L);
      assertThat(positions(ask.tenant("bygg"))).isEmpty();
    }
    assertThat(store.forget(B, List.of(SampleEntry.pseudonym(7)))).isOne();
    assertThat(positions(new SampleQuery().people(7))).containsExactly(0L);
  }

  @Test
  void sporsOwnEventsShowOnlyWhereTheirTypeIsNamed() {
    apply(
        new SampleEntry(0)
            .type("personal-data.viewed")
            .source("/spor")
            .person(7)
            .facet("/app", "x"),
        new SampleEntry(1).type("personal-data.viewed").source("/app").person(7).facet("/app", "x"),
        new SampleEntry(2).person(7).facet("/app", "x"));
    assertThat(positions(new SampleQuery())).containsExactly(2L, 1L);
    assertThat(positions(new SampleQuery().people(7))).containsExactly(2L, 1L);
    assertThat(positions(new SampleQuery().facet("/app", "x"))).containsExactly(2L, 1L);
    for (SampleQuery ask :
        List.of(
            new SampleQuery().types("personal-data.viewed"),
            new SampleQuery().types("personal-data.viewed").people(7),
            new SampleQuery().types("personal-data.viewed").facet("/app", "x"))) {
      assertThat(positions(ask)).containsExactly(1L, 0L);
      assertThat(paged(ask.limit(1))).extracting(Place::position).containsExactly(1L, 0L);
    }
  }

  @Test
  void severalTypesAreMergedAndSeveralFacetsMustAllBeEqual() {
    apply(
        new SampleEntry(0).type("a").facet("/x", "1").facet("/y", "1"),
        new SampleEntry(1).type("b").facet("/x", "1").facet("/y", "2"),
        new SampleEntry(2).type("c").facet("/x", "1").facet("/y", "1"),
        new SampleEntry(3).type("a").facet("/x", "2").facet("/y", "1"));
    assertThat(positions(new SampleQuery().types("a", "b", "a", "never")))
        .containsExactly(3L, 1L, 0L);
    assertThat(positions(new SampleQuery().facet("/x", "1").facet("/y", "1")))
        .containsExactly(2L, 0L);
    assertThat(positions(new SampleQuery().types("c", "b").facet("/x", "1").facet("/y", "1")))
        .containsExactly(2L);
  }

  @Test
  void facetValuesAreComparedAsTheyWereWritten() {
    List<Object> values = new ArrayList<>();
    values.addAll(List.of("1", "", "true", "null", "å", "a\u030a", "A", "a", "a ", "\uD83D\uDE00"));
    values.addAll(List.of(1L, -1L, 0L, Long.MAX_VALUE, Long.MIN_VALUE, true, false, JsonNull.NULL));
    values.addAll(List.of(new JsonNumber("1.0"), new JsonNumber("1e0"), new JsonNumber("-0")));
    values.addAll(List.of("x".repeat(5_000), "x".repeat(5_001)));
    List<TimelineEntry> entries = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      entries.add(new SampleEntry(i).facet("/v", values.get(i)).entry());
    }
    apply(entries, entries.size());
    for (int i = 0; i < values.size(); i++) {
      assertThat(positions(new SampleQuery().facet("/v", values.get(i))))
          .as("value %s", i)
          .containsExactly((long) i);
    }
  }

  @Test
  void aPersonsMonthsAreMerged() {
    apply(
        new SampleEntry(0).at(Instant.parse("2026-10-31T23:59:59.999999999Z")).person(10),
        new SampleEntry(1).at(Instant.parse("2026-11-01T00:00:00Z")).person(11),
        new SampleEntry(2).at(Instant.parse("2026-10-31T23:59:59.999999999Z")).person(20),
        new SampleEntry(3).at(Instant.parse("2026-12-01T00:00:00Z")).person(12).person(20),
        new SampleEntry(4).at(Instant.parse("2026-11-30T23:59:59Z")).person(11));
    assertThat(positions(new SampleQuery().people(10, 11, 12, 13))).containsExactly(3L, 4L, 1L, 0L);
    assertThat(positions(new SampleQuery().people(12, 20))).as("once each").containsExactly(3L, 2L);
    assertThat(paged(new SampleQuery().people(12, 11, 10).limit(1)))
        .extracting(Place::position)
        .containsExactly(3L, 4L, 1L, 0L);
    assertThat(positions(new SampleQuery().people(10, 11, 12).types("site.checkin", "logout")))
        .containsExactly(3L, 4L, 1L, 0L);
  }

  @Test
  void aTenantWithVeryManyTypesIsListedWhole() {
    List<TimelineEntry> entries = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      entries.add(new SampleEntry(i).type("type-" + i % 350).at(NOON.plusSeconds(i % 11)).entry());
    }
    apply(entries, entries.size());
    assertThat(new HashSet<>(paged(new SampleQuery().limit(50)))).hasSize(700);
    assertThat(paged(new SampleQuery().limit(50))).hasSize(700).isSortedAccordingTo(newestFirst());
    assertThat(positions(new SampleQuery().types("type-349")))
        .containsExactlyInAnyOrder(349L, 699L);
  }

  @Test
  void whatWasAppliedIsPassedOver() {
    apply(new SampleEntry(0), new SampleEntry(1).person(7));
    apply(
        List.of(new SampleEntry(1).at(NOON.plusSeconds(9)).entry(), new SampleEntry(2).entry()), 3);
    assertThat(positions(new SampleQuery())).containsExactly(2L, 1L, 0L);
    apply(List.of(), 2);
    assertThat(store.applied()).as("never goes back by itself").isEqualTo(3);
    apply(List.of(), 900);
    assertThat(store.applied()).isEqualTo(900);
    assertThat(store.history()).isEqualTo(HISTORY);
    store.apply(List.of(), 899, 899, new byte[] {9});
    assertThat(store.history()).as("of what counted").isEqualTo(HISTORY);
    store.apply(List.of(), 900, 901, new byte[] {9});
    assertThat(store.history()).containsExactly(9);
    assertThat(positions(new SampleQuery())).containsExactly(2L, 1L, 0L);
  }

  @Test
  void whatBeginsBeyondTheViewsEndIsRefusedWhole() {
    apply(new SampleEntry(0), new SampleEntry(1));
    List<TimelineEntry> beyond = List.of(new SampleEntry(3).entry());
    assertThatThrownBy(() -> store.apply(beyond, 3, 4, new byte[] {9}))
        .isInstanceOf(ViewGapException.class)
        .hasMessageContaining("before position 2")
        .hasMessageContaining("begins at 3");
    assertThatThrownBy(() -> store.apply(List.of(), 3, 4, new byte[] {9}))
        .isInstanceOf(ViewGapException.class);
    assertThat(store.applied()).isEqualTo(2);
    assertThat(store.history()).isEqualTo(HISTORY);
    assertThat(positions(new SampleQuery())).containsExactly(1L, 0L);
    store.apply(List.of(new SampleEntry(2).entry(), new SampleEntry(3).entry()), 2, 4, HISTORY);
    assertThat(positions(new SampleQuery())).containsExactly(3L, 2L, 1L, 0L);
  }

  @Test
  void everythingIsThereAfterARestart() {
    apply(new SampleEntry(0).person(7).facet("/a", 1L), new SampleEntry(1).type("b").person(8));
    TimelineStore reopened = fixture.reopened();
    assertThat(reopened.applied()).isEqualTo(2);
    assertThat(reopened.history()).isEqualTo(HISTORY);
    assertThat(reopened.find(new SampleQuery().query()).places()).hasSize(2);
    reopened.apply(
        List.of(
            new SampleEntry(2).type("b").person(7).facet("/a", 1L).entry(),
            new SampleEntry(3).entry()),
        2,
        4,
        HISTORY);
    assertThat(reopened.find(new SampleQuery().people(7).query()).places())
        .extracting(Place::position)
        .containsExactly(2L, 0L);
    assertThat(reopened.find(new SampleQuery().facet("/a", 1L).query()).places()).hasSize(2);
    assertThat(reopened.find(new SampleQuery().types("b").query()).places()).hasSize(2);
    assertThat(reopened.find(new SampleQuery().people(8).query()).places()).hasSize(1);
  }

  @Test
  void forgettingRemovesTheLinkAndNothingElse() {
    apply(
        new SampleEntry(0).person(7).person(9).facet("/a", "x"),
        new SampleEntry(1).person(8).source("/spor").type("personal-data.viewed"),
        new SampleEntry(2).person(9),
        new SampleEntry(3).person(7));
    assertThat(
            store.forget(
                A,
                List.of(
                    SampleEntry.pseudonym(7), SampleEntry.pseudonym(8), SampleEntry.pseudonym(99))))
        .isEqualTo(3);
    assertThat(positions(new SampleQuery().people(7, 8))).isEmpty();
    assertThat(positions(new SampleQuery().people(8).types("personal-data.viewed"))).isEmpty();
    assertThat(positions(new SampleQuery().people(9))).containsExactly(2L, 0L);
    assertThat(positions(new SampleQuery())).containsExactly(3L, 2L, 0L);
    assertThat(positions(new SampleQuery().facet("/a", "x"))).containsExactly(0L);
    assertThat(store.forget(A, List.of(SampleEntry.pseudonym(7)))).as("repeated").isZero();
    apply(List.of(new SampleEntry(4).person(9).entry(), new SampleEntry(5).person(10).entry()), 6);
    assertThat(positions(new SampleQuery().people(9))).containsExactly(4L, 2L, 0L);
    TimelineStore reopened = fixture.reopened();
    assertThat(reopened.find(new SampleQuery().people(7).query()).places()).isEmpty();
    assertThat(reopened.find(new SampleQuery().people(10).query()).places()).hasSize(1);
  }

  @Test
  void unlinkingTakesAPersonFromTheseEntriesAndFromNoOthers() {
    SampleEntry over = new SampleEntry(0).person(7).person(9).facet("/a", "x");
    SampleEntry own = new SampleEntry(1).person(8).source("/spor").type("personal-data.viewed");
    apply(over, own, new SampleEntry(2).person(9), new SampleEntry(3).person(7));
    assertThat(store.unlink(List.of(over.entry(), own.entry()))).isEqualTo(3);
    assertThat(store.unlink(List.of(over.entry(), own.entry()))).as("repeated").isZero();
    store.reclaim();
    assertThat(positions(new SampleQuery().people(7))).containsExactly(3L);
    assertThat(positions(new SampleQuery().people(8).types("personal-data.viewed"))).isEmpty();
    assertThat(positions(new SampleQuery().people(9))).containsExactly(2L);
    assertThat(positions(new SampleQuery())).containsExactly(3L, 2L, 0L);
    assertThat(positions(new SampleQuery().facet("/a", "x"))).containsExactly(0L);
    apply(List.of(new SampleEntry(4).person(8).entry(), new SampleEntry(5).person(7).entry()), 6);
    assertThat(positions(new SampleQuery().people(7, 8))).containsExactly(5L, 4L, 3L);
    assertThat(fixture.reopened().find(new SampleQuery().people(9).query()).places()).hasSize(1);
  }

  @Test
  void aClearedViewIsFilledAnew() {
    apply(new SampleEntry(0).person(7), new SampleEntry(1).type("b").facet("/a", "x"));
    store.clear();
    assertThat(store.applied()).isZero();
    assertThat(store.history()).isEmpty();
    assertThat(positions(new SampleQuery())).isEmpty();
    assertThat(positions(new SampleQuery().people(7))).isEmpty();
    apply(new SampleEntry(0).type("b").person(8), new SampleEntry(1).person(7).facet("/a", "x"));
    assertThat(positions(new SampleQuery())).containsExactly(1L, 0L);
    assertThat(positions(new SampleQuery().types("b"))).containsExactly(0L);
    assertThat(positions(new SampleQuery().people(7).facet("/a", "x"))).containsExactly(1L);
  }

  @Test
  void whatATransactionUndoesWasNeverThere() {
    boolean none = fixture.transactions() == ViewTransactions.none();
    apply(new SampleEntry(0).person(7));
    ViewTransactions.Transaction transaction = fixture.transactions().begin();
    apply(List.of(new SampleEntry(1).type("new").person(8).facet("/a", "x").entry()), 2);
    assertThat(store.applied()).as("seen within the transaction").isEqualTo(2);
    transaction.rollback();
    if (none) { // declared: each write stands
      assertThat(positions(new SampleQuery())).containsExactly(1L, 0L);
      return;
    }
    assertThat(store.applied()).isOne();
    assertThat(positions(new SampleQuery())).containsExactly(0L);

    ViewTransactions.Transaction next = fixture.transactions().begin();
    apply(
        List.of(
            new SampleEntry(1).type("other").person(9).facet("/b", "y").entry(),
            new SampleEntry(2).type("new").person(8).facet("/a", "x").entry()),
        3);
    next.commit();
    assertThat(positions(new SampleQuery().types("new"))).containsExactly(2L);
    assertThat(positions(new SampleQuery().types("other"))).containsExactly(1L);
    assertThat(positions(new SampleQuery().people(8))).containsExactly(2L);
    assertThat(positions(new SampleQuery().facet("/a", "x"))).containsExactly(2L);
    assertThat(positions(new SampleQuery().people(9).facet("/b", "y"))).containsExactly(1L);
  }

  @Test
  void pagingNeitherSkipsNorRepeatsWhatStoodBeforeWhileEntriesAreAdded() throws Exception {
    TimelineSamples samples = new TimelineSamples();
    List<TimelineEntry> first = samples.entries(0, 2_000);
    apply(first, 2_000);
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              for (int at = 2_000; at < 6_000; at += 100) {
                apply(samples.entries(at, at + 100), at + 100);
              }
            },
            Thread::startVirtualThread);
    for (SampleQuery ask :
        List.of(
            new SampleQuery().limit(37),
            new SampleQuery().types("login").limit(11),
            new SampleQuery().people(1).limit(3))) {
      List<Place> stood = TimelineSamples.matching(first, ask.query());
      assertThat(stood).as(samples.toString()).hasSizeGreaterThan(20);
      List<Place> walked = paged(ask);
      assertThat(walked)
          .as(samples.toString())
          .doesNotHaveDuplicates()
          .isSortedAccordingTo(newestFirst())
          .containsAll(stood);
    }
    writer.get(60, TimeUnit.SECONDS);
    assertThat(store.applied()).isEqualTo(6_000);
  }

  @Test
  void randomQueriesAreAnsweredAsByLookingAtEveryEntry() {
    TimelineSamples samples = new TimelineSamples();
    List<TimelineEntry> all = new ArrayList<>();
    TimelineStore now = store;
    for (int round = 0; round < 12; round++) {
      int from = all.size();
      int to = from + 1 + samples.below(150);
      List<TimelineEntry> added = samples.entries(from, to);
      ViewTransactions.Transaction transaction = fixture.transactions().begin();
      now.apply(added, from, to, HISTORY);
      transaction.commit();
      all.addAll(added);
      if (samples.below(4) == 0) {
        now = fixture.reopened();
      }
      for (int i = 0; i < 25; i++) {
        TimelineQuery query = samples.query();
        assertThat(paged(now, query))
            .as("%s, %s", samples, query)
            .isEqualTo(TimelineSamples.matching(all, query));
      }
    }
  }

  private void apply(List<TimelineEntry> entries, long applied) {
    store.apply(entries, store.applied(), applied, HISTORY);
  }

  private void apply(SampleEntry... events) {
    List<TimelineEntry> entries = new ArrayList<>();
    for (SampleEntry event : events) {
      entries.add(event.entry());
    }
    apply(entries, events.length);
  }

  private List<Place> places(SampleQuery ask) {
    return store.find(ask.query()).places();
  }

  private List<Long> positions(SampleQuery ask) {
    return places(ask).stream().map(Place::position).toList();
  }

  private List<Place> paged(SampleQuery ask) {
    return paged(store, ask.query());
  }

  /// @return the pages that follow one another, joined
  private static List<Place> paged(TimelineStore store, TimelineQuery query) {
    List<Place> joined = new ArrayList<>();
    Place after = query.after();
    while (true) {
      Found found =
          store.find(
              new TimelineQuery(
                  query.tenant(),
                  query.pseudonyms(),
                  query.types(),
                  query.from(),
                  query.to(),
                  query.facets(),
                  after,
                  query.limit()));
      assertThat(found.places()).hasSizeLessThanOrEqualTo(query.limit());
      joined.addAll(found.places());
      if (found.next() == null) {
        return joined;
      }
      assertThat(found.next()).as("gets on").isNotEqualTo(after);
      after = found.next();
    }
  }

  private static Comparator<Place> newestFirst() {
    return Comparator.comparing(Place::time).thenComparing(Place::position).reversed();
  }
}
