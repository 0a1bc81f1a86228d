package no.spor.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import no.spor.activity.TimelineEntry;
import no.spor.activity.TimelineQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteTimelineLongListTest {
  @TempDir Path temp;

  /// A long list is written in pieces, more than one of them in a page.
  @Test
  void ofALongListNoPlaceIsLostOnceRunsAreMerged() throws Exception {
    int events = 40_000;
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    try (DataDirectory directory = DataDirectory.open(temp.resolve("data"));
        SqliteViews views = SqliteViews.open(directory, new UUID(1, 2), _ -> true)) {
      for (int from = 0; from < events; from += 2_500) {
        List<TimelineEntry> entries = new ArrayList<>();
        for (int i = from; i < from + 2_500; i++) {
          entries.add(
              new TimelineEntry(
                  i,
                  "t",
                  "/s",
                  "site.checkin",
                  start.plusSeconds(i),
                  Map.of(),
                  List.of(new byte[] {(byte) (i % 100)})));
        }
        views.timeline().apply(entries, from, from + 2_500L, new byte[] {1});
      }
      List<Long> found = new ArrayList<>();
      for (int from = 0; from < events; from += 500) {
        views
            .timeline()
            .find(
                new TimelineQuery(
                    "t",
                    null,
                    List.of("site.checkin"),
                    start.plusSeconds(from),
                    start.plusSeconds(from + 500L),
                    Map.of(),
                    null,
                    1_000))
            .places()
            .reversed()
            .forEach(place -> found.add(place.position()));
      }
      assertThat(found).isEqualTo(LongStream.range(0, events).boxed().toList());
    }
  }
}
