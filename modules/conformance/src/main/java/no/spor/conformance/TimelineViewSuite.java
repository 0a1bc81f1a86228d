package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import no.spor.insight.Timeline.Page;
import no.spor.insight.Timeline.Question;
import no.spor.insight.TimelineProjection;
import no.spor.vault.SealOutcome.Sealed;
import org.junit.jupiter.api.Test;

/// The view of the timeline from end to end over one kind of stores: that it follows the ledger,
/// whatever happens. A subclass gives a fixture.
public abstract class TimelineViewSuite extends TimelineStage {
  @Test
  void aReadCanWaitForAWrite() {
    assertThat(node.timeline.awaitPosition(0, Duration.ofMillis(20))).isFalse();
    for (int i = 0; i < 20; i++) {
      List<Long> positions = node.append(checkin("e" + i, OLA));
      assertThat(node.timeline.awaitPosition(positions.getFirst(), Duration.ofSeconds(20)))
          .isTrue();
      assertThat(ask(question(OLA)).events()).hasSize(i + 1);
    }
    assertThat(node.timeline.behind()).isZero();
    assertThat(ask(question(OLA)).behind()).isZero();
  }

  @Test
  void aRebuiltViewIsTheOneThatGrew() throws Exception {
    Random random = new Random(20_261_122);
    List<SampleActivity> all = recordAtRandom(random, 300);
    Map<String, List<Long>> grown = everything();
    assertThat(grown).isEqualTo(expected(all));
    node.timeline.rebuild();
    assertThat(node.rebuilt.await(60, TimeUnit.SECONDS)).isTrue();
    node.awaitView();
    assertThat(everything()).isEqualTo(grown);
    node.record(checkin("after", OLA));
    assertThat(ids(ask(question(OLA)))).contains("after");
    assertThat(positions(ask(question(null))))
        .hasSize(grown.getOrDefault(A + " ", List.of()).size() + 1)
        .doesNotHaveDuplicates();
  }

  @Test
  void aCrashBetweenRowsAndPositionLosesAndDoublesNothing() {
    Random random = new Random(17);
    List<SampleActivity> all = new ArrayList<>(recordAtRandom(random, 50));
    for (boolean afterRows : new boolean[] {true, false}) {
      StopOnce stop = new StopOnce(fixture.progress(), fixture.transactions(), afterRows);
      restart(stores().withProgress(stop).withTransactions(stop));
      stop.armed = true;
      List<SampleActivity> more = activities(random, all.size(), 50);
      node.append(more.toArray(SampleActivity[]::new));
      all.addAll(more);
      await().atMost(Duration.ofSeconds(30)).until(() -> stop.stopped);
      if (afterRows) {
        node.awaitView(); // the processor tries again by itself
      } else {
        restart(stores()); // or a new one goes on
        node.awaitView();
      }
      assertThat(everything()).isEqualTo(expected(all));
    }
  }

  @Test
  void aViewOfAnotherPastIsKnown() {
    node.record(checkin("1", OLA), checkin("2", KARI));
    assertThat(TimelineProjection.fits(fixture.view(), node.ledger)).isTrue();
    fixture.view().apply(List.of(), 2, 3, fixture.view().history());
    assertThat(TimelineProjection.fits(fixture.view(), node.ledger)).as("ahead").isFalse();
    node.append(checkin("3", OLA));
    assertThat(TimelineProjection.fits(fixture.view(), node.ledger))
        .as("as long as the ledger, but not of it")
        .isFalse();
    fixture.view().clear();
    assertThat(TimelineProjection.fits(fixture.view(), node.ledger)).isTrue();
  }

  @Test
  void aViewThatEndsBeforeItsProgressIsGoneOnWithFromItsEnd() {
    List<SampleActivity> all = new ArrayList<>(recordAtRandom(new Random(23), 30));
    fixture.view().clear(); // as another node does that holds the view for one of another past
    List<SampleActivity> more = activities(new Random(24), all.size(), 5);
    node.append(more.toArray(SampleActivity[]::new));
    all.addAll(more);
    await().atMost(Duration.ofSeconds(30)).until(() -> fixture.view().applied() == all.size());
    assertThat(everything()).isEqualTo(expected(all));
  }

  @Test
  void aRecordThatCannotBeReadStopsTheViewAndIsNeverSkipped() {
    node.record(checkin("1", OLA));
    SampleActivity broken = checkin("2", OLA);
    Sealed sealed = (Sealed) node.vault.seal(List.of(broken.request())).getFirst();
    sealed.parts().getFirst()[0] = 99;
    node.appendDrafts(List.of(broken.draft(sealed)));
    node.append(checkin("3", OLA));
    assertThat(node.timeline.awaitPosition(2, Duration.ofMillis(1_500))).isFalse();
    assertThat(node.timeline.behind()).isEqualTo(2);
    assertThat(ask(question(OLA)).behind()).isEqualTo(2);
    assertThat(ids(ask(question(OLA)))).containsExactly("1");
  }

  @Test
  void theAdministrationsStreamIsNobodysTimeline() {
    SampleActivity administration =
        new SampleActivity("1").of("spor").source("/spor").company("{}");
    byte[] unreadable = {9};
    node.appendDrafts(List.of(administration.draft(new Sealed(List.of(unreadable), List.of(), 0))));
    node.awaitView();
    assertThat(node.timeline.event(OPERATOR, "why", "spor", 0)).isEmpty();
    Question question =
        new Question("spor", null, List.of("site.checkin"), null, null, Map.of(), 10, null);
    assertThat(node.timeline.query(OPERATOR, "why", question).events()).isEmpty();
    assertThat(node.timeline.behind()).isZero();
  }

  private List<SampleActivity> recordAtRandom(Random random, int count) {
    List<SampleActivity> events = activities(random, 0, count);
    for (int from = 0; from < count; from += 40) {
      node.append(events.subList(from, Math.min(count, from + 40)).toArray(SampleActivity[]::new));
    }
    node.awaitView();
    return events;
  }

  private static List<SampleActivity> activities(Random random, int from, int count) {
    List<SampleActivity> events = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      SampleActivity event =
          new SampleActivity("r" + i)
              .of(random.nextBoolean() ? A : B)
              .type("type-" + random.nextInt(3))
              .at(NOON.minusSeconds(random.nextInt(10_000_000)))
              .facet("/f", (long) random.nextInt(4));
      switch (random.nextInt(4)) {
        case 0 -> event.actor("p" + random.nextInt(5), "{}");
        case 1 -> event.actor("p" + random.nextInt(5), "{}").subject("p9", "{}").company("{}");
        case 2 -> event.visitor("p" + random.nextInt(5), "{}");
        default -> event.company("{}");
      }
      events.add(event);
    }
    return events;
  }

  /// @return positions by tenant and person, as the timeline answers
  private Map<String, List<Long>> everything() {
    Map<String, List<Long>> answers = new HashMap<>();
    for (String tenant : List.of(A, B)) {
      for (String person : List.of("", "p0", "p1", "p2", "p3", "p4", "p9")) {
        Page page =
            node.timeline.query(
                OPERATOR,
                "why",
                new Question(
                    tenant,
                    person.isEmpty() ? null : person,
                    List.of(),
                    null,
                    null,
                    Map.of(),
                    1_000,
                    null));
        answers.put(tenant + " " + person, positions(page));
      }
    }
    return answers;
  }

  private static Map<String, List<Long>> expected(List<SampleActivity> all) {
    Comparator<Long> newestFirst =
        Comparator.comparing((Long at) -> all.get(at.intValue()).time())
            .thenComparing(at -> at)
            .reversed();
    Map<String, List<Long>> answers = new HashMap<>();
    for (String tenant : List.of(A, B)) {
      for (String person : List.of("", "p0", "p1", "p2", "p3", "p4", "p9")) {
        List<Long> found = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
          SampleActivity event = all.get(i);
          boolean named =
              person.isEmpty()
                  || event.request().parts().stream()
                      .anyMatch(part -> part.person() != null && part.person().id().equals(person));
          if (event.tenant().equals(tenant) && named) {
            found.add((long) i);
          }
        }
        found.sort(newestFirst);
        answers.put(tenant + " " + person, found);
      }
    }
    return answers;
  }
}
