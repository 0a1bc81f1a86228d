package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import no.spor.activity.TimelineEntry;
import no.spor.activity.TimelineQuery;
import no.spor.activity.TimelineStore;
import org.junit.jupiter.api.Test;

/// The suite itself: it must see that a store does nothing, or does one thing wrong.
class TimelineStoreSuiteTest {
  @Test
  void aStoreThatDoesNothingFailsEveryTest() {
    SuiteRun.of(DoesNothing.class).assertThatEveryTestFailed();
  }

  @Test
  void aStoreThatMixesTenantsIsSeen() {
    assertThat(SuiteRun.of(MixesTenants.class).failed())
        .contains(
            "tenantsAreApartEvenWhereEverythingElseIsEqual()",
            "randomQueriesAreAnsweredAsByLookingAtEveryEntry()");
  }

  @Test
  void aStoreThatShowsSporsOwnEventsIsSeen() {
    assertThat(SuiteRun.of(ShowsOwn.class).failed())
        .contains("sporsOwnEventsShowOnlyWhereTheirTypeIsNamed()");
  }

  @Test
  void aStoreThatKeepsLinksIsSeen() {
    assertThat(SuiteRun.of(KeepsLinks.class).failed())
        .contains("forgettingRemovesTheLinkAndNothingElse()");
  }

  @Test
  void aStoreThatSkipsAtThePagesEdgeIsSeen() {
    assertThat(SuiteRun.of(SkipsAtTheEdge.class).failed())
        .contains(
            "theNewestComesFirstToTheNanosecondAndThenTheLaterPosition()",
            "pagingNeitherSkipsNorRepeatsWhatStoodBeforeWhileEntriesAreAdded()");
  }

  static class DoesNothing extends TimelineStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryTimelineStoreTest.inMemory(
          new TimelineStore() {
            @Override
            public long applied() {
              return 0;
            }

            @Override
            public byte[] history() {
              return new byte[0];
            }

            @Override
            public void apply(
                List<TimelineEntry> entries, long from, long applied, byte[] history) {}

            @Override
            public Found find(TimelineQuery query) {
              return new Found(List.of(), null);
            }

            @Override
            public int forget(String tenant, List<byte[]> pseudonyms) {
              return 0;
            }

            @Override
            public int unlink(List<TimelineEntry> entries) {
              return 0;
            }

            @Override
            public void reclaim() {}

            @Override
            public void clear() {}

            @Override
            public void close() {}
          });
    }
  }

  static class MixesTenants extends TimelineStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryTimelineStoreTest.inMemory(
          new InMemoryTimelineStore() {
            @Override
            protected boolean matches(TimelineQuery query, TimelineEntry entry) {
              return super.matches(
                  new TimelineQuery(
                      entry.tenant(),
                      null,
                      query.types(),
                      query.from(),
                      query.to(),
                      query.facets(),
                      null,
                      1),
                  entry);
            }
          });
    }
  }

  static class ShowsOwn extends TimelineStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryTimelineStoreTest.inMemory(
          new InMemoryTimelineStore() {
            @Override
            protected boolean matches(TimelineQuery query, TimelineEntry entry) {
              return super.matches(
                  query,
                  new TimelineEntry(
                      entry.position(),
                      entry.tenant(),
                      "/app",
                      entry.type(),
                      entry.time(),
                      entry.facets(),
                      entry.pseudonyms()));
            }
          });
    }
  }

  static class KeepsLinks extends TimelineStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryTimelineStoreTest.inMemory(
          new InMemoryTimelineStore() {
            @Override
            public synchronized int forget(String tenant, List<byte[]> pseudonyms) {
              return pseudonyms.size();
            }
          });
    }
  }

  static class SkipsAtTheEdge extends TimelineStoreSuite {
    @Override
    protected Fixture open() {
      return InMemoryTimelineStoreTest.inMemory(
          new InMemoryTimelineStore() {
            @Override
            public synchronized Found find(TimelineQuery query) {
              Found found = super.find(query);
              var next = found.next();
              return next == null
                  ? found
                  : new Found(
                      found.places(),
                      new TimelineQuery.Place(next.time(), Math.min(next.position(), 0)));
            }
          });
    }
  }
}
