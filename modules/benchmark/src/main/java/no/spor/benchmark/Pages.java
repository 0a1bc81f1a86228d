package no.spor.benchmark;

import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import no.spor.insight.Timeline.Question;

/// First pages of Spor's timeline, decrypted, each opening recorded durably before it is answered.
final class Pages {
  private static final long SEED = 7;

  private Pages() {}

  /// What a page is asked about.
  enum By {
    PERSON("by person"),
    DAY("by tenant, type and day");

    final String words;

    By(String words) {
      this.words = words;
    }

    private Question about(Checkin checkin) {
      if (this == PERSON) {
        return new Question(
            SporNode.TENANT, checkin.user(), List.of(), null, null, Map.of(), 100, null);
      }
      var day = checkin.time().truncatedTo(ChronoUnit.DAYS);
      return new Question(
          SporNode.TENANT,
          null,
          List.of(Checkin.TYPE),
          day,
          day.plus(1, ChronoUnit.DAYS),
          Map.of(),
          100,
          null);
    }
  }

  /// @param p50 milliseconds
  /// @param p99 milliseconds
  /// @param events in a page, on average
  record Took(double p50, double p99, double events) {
    List<Figure> figures(By by) {
      return List.of(
          Figure.less("ms p50, " + by.words, p50), Figure.less("ms p99, " + by.words, p99));
    }
  }

  /// Asks about events that were picked at random, so oftener about people with many.
  ///
  /// @param recorded how many events there are to pick from
  /// @param count how many questions, after as many a round to warm up
  static Took ask(SporNode node, Checkins checkins, int recorded, By by, int count)
      throws Exception {
    var random = new Random(SEED);
    WarmUp.untilQuiet(0, count, (from, some) -> ask(node, checkins, recorded, by, some, random));
    return ask(node, checkins, recorded, by, count, random);
  }

  private static Took ask(
      SporNode node, Checkins checkins, int recorded, By by, int count, Random random) {
    var nanos = new double[count];
    long events = 0;
    for (int i = 0; i < count; i++) {
      var question = by.about(checkins.at(random.nextInt(recorded)));
      long begun = System.nanoTime();
      var page = node.node().timeline().query(SporNode.OFFICER, "benchmark", question);
      long took = System.nanoTime() - begun;
      if (page.events().isEmpty()) {
        throw new IllegalStateException(
            "an empty page, "
                + by.words
                + ", question "
                + i
                + ", the person is "
                + page.person()
                + ", behind by "
                + page.behind());
      }
      nanos[i] = took;
      events += page.events().size();
    }
    Arrays.sort(nanos);
    return new Took(nanos[count / 2] / 1e6, nanos[count * 99 / 100] / 1e6, (double) events / count);
  }
}
