package no.spor.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import no.spor.benchmark.Figure.Best;
import no.spor.benchmark.Results.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// That the measurements run; what they measure is no test's affair.
class BenchTest {
  @TempDir Path temp;

  @Test
  void everyScenarioHasANameOfItsOwn() {
    assertThat(Bench.scenarios()).extracting(Scenario::name).doesNotHaveDuplicates();
  }

  @Test
  void madeUpCheckinsAreTheSameEachTimeAndNoneTwice() {
    Instant now = Instant.parse("2026-11-22T12:00:00Z");
    Checkins checkins = Checkins.in(temp, now);
    Checkins again = Checkins.in(temp, now);
    List<Checkin> some =
        List.of(0L, 1L, 138_956L, 138_957L, 300_000L).stream().map(checkins::at).toList();
    assertThat(some).extracting(Checkin::id).doesNotHaveDuplicates();
    assertThat(some).allMatch(one -> one.time().isBefore(now));
    assertThat(again.at(300_000)).isEqualTo(checkins.at(300_000));
  }

  @Test
  void smallRunsGiveFigures() throws Exception {
    Checkins checkins = Checkins.in(temp.resolve("none"), Instant.now());
    for (String name : List.of("ingest", "page", "disk", "sqlite", "axon-h2", "limit-both")) {
      Scenario scenario =
          Bench.scenarios().stream()
              .filter(one -> one.name().equals(name))
              .findFirst()
              .orElseThrow();
      Run run =
          new Run(temp.resolve(name), checkins, 1_200, 500, temp.resolve("large"), 2_000, temp);
      List<Figure> figures = new ArrayList<>();
      scenario.work().run(run).forEach(figures::add);
      assertThat(figures).isNotEmpty().allMatch(figure -> figure.value() > 0);
      assertThat(figures.stream().map(Figure::line).map(Figure::parse).toList()).isEqualTo(figures);
    }
  }

  @Test
  void whatGotWorseIsToldAndASlowerMachineIsAllowedFor() {
    Results kept = results(1_000, 10_000, 300);
    assertThat(Regression.worse(kept, results(500, 5_000, 300))).isEmpty();
    assertThat(Regression.worse(kept, results(500, 10_000, 300))).hasSize(1);
    assertThat(Regression.worse(kept, results(1_000, 10_000, 330))).hasSize(1);
  }

  @Test
  void whatIsKeptTellsTargetsAndDrawsGrowth() throws Exception {
    List<Row> rows = new ArrayList<>(results(200_000, 1_000_000, 300).rows());
    rows.add(new Row("postgresql", "", "peer", "events/s", Best.MORE, List.of(50_000.0)));
    for (int point : Growing.points(10_000_000)) {
      rows.add(
          new Row(
              Growing.GROW, "", "Spor", "events/s at " + point, Best.MORE, List.of(1e9 / point)));
    }
    Results results = new Results("", "", 1, 1, 1, Map.of(), rows, List.of());
    assertThat(Report.markdown(results))
        .contains(
            "| ingest, acknowledged ÷ PostgreSQL | ≥ 5.00 | 4.00 | missed by a factor of 1.25 |")
        .contains("| ingest, acknowledged ÷ the measured limit | ≥ 0.400 | 0.200 |")
        .contains("growth-ingest.svg");
    Growth.write(results, temp);
    assertThat(temp.resolve("growth-ingest.svg"))
        .content()
        .contains("<polyline")
        .endsWith("</svg>\n");
    results.write(temp.resolve("kept.json"));
    assertThat(Results.read(temp.resolve("kept.json"))).isEqualTo(results);
  }

  private static Results results(double rate, double limit, double bytes) {
    return new Results(
        "",
        "",
        1,
        1,
        1,
        Map.of(),
        List.of(
            new Row("ingest", "", "Spor", "events/s", Best.MORE, List.of(rate)),
            new Row(Regression.YARDSTICK, "", "limit", "events/s", Best.MORE, List.of(limit)),
            new Row("disk", "", "Spor", "bytes/event", Best.LESS, List.of(bytes))),
        List.of());
  }
}
