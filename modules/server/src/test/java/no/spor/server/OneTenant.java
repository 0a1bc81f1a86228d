package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import no.spor.activity.PersonId.Namespace;
import no.spor.insight.Timeline;
import no.spor.recording.Problem;
import no.spor.recording.Recorder;
import no.spor.rights.ErasureRequest.State;
import no.spor.rights.ErasureRequests.NewRequest;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import org.jspecify.annotations.Nullable;

/// What a tenant's application and its officer do with a node in this process. It outlives the
/// node: [#on] tells it which one runs.
final class OneTenant {
  static final String TENANT = "bygg-as";
  private static final Access EMITTER = new Access("key-1", AccessRole.EMITTER, TENANT);
  private static final Access OFFICER = new Access("key-2", AccessRole.OFFICER, TENANT);

  private final InstantSource clock;
  private Node node;
  private int events;

  OneTenant(InstantSource clock) {
    this.clock = clock;
  }

  OneTenant on(Node running) {
    node = running;
    return this;
  }

  void create() {
    node.tenancy().createTenant(TENANT, "Bygg AS");
  }

  /// One event of now.
  void record(String type, String who) {
    record(type, who, clock.instant(), 1);
  }

  /// @param time of each, as the application says it
  void record(String type, String who, Instant time, int count) {
    assertThat(send(type, who, time, count)).allMatch(Recorder.Result.Recorded.class::isInstance);
  }

  /// @return why a check-in of theirs is refused; `recorded` where it is not
  String rejected(String who) {
    return switch (send("site.checkin", who, clock.instant(), 1).getFirst()) {
      case Recorder.Result.Rejected(Problem problem) -> problem.slug();
      case Recorder.Result.Recorded recorded -> "recorded";
    };
  }

  private List<Recorder.Result> send(String type, String who, Instant time, int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(
          "{\"specversion\":\"1.0\",\"id\":\"%s/%d\",\"source\":\"/app\",\"type\":\"%s\",\"time\":\"%s\",\"data\":{\"user\":\"%s\"}}\n"
              .formatted(who, events++, type, time, who));
    }
    return node.recorder()
        .record(
            EMITTER,
            new Recorder.Submission.Lines(lines.toString().getBytes(StandardCharsets.UTF_8)),
            false);
  }

  /// @return the request, received and not approved
  String request(String who) {
    return node.erasureRequests()
        .receive(
            null, new NewRequest(TENANT, who, Set.of(Namespace.ACCOUNT), "Art. 17", null, "test"))
        .id();
  }

  /// Approves a request and waits until it is completed.
  void erase(String request) {
    node.erasureRequests().approve(null, request);
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> node.erasureRequests().find(request).orElseThrow().state() == State.COMPLETED);
  }

  /// Waits until the timeline shows all that is recorded.
  void awaitView() {
    assertThat(node.timeline().awaitPosition(node.ledger().size() - 1, Duration.ofSeconds(30)))
        .isTrue();
  }

  /// What the officer sees, the newest first.
  ///
  /// @param type null for all
  /// @param who null for everybody
  List<Timeline.Event> events(@Nullable String type, @Nullable String who) {
    awaitView();
    List<String> types = type == null ? List.of() : List.of(type);
    List<Timeline.Event> all = new ArrayList<>();
    String cursor = null;
    do {
      Timeline.Page page =
          node.timeline()
              .query(
                  OFFICER,
                  "a test",
                  new Timeline.Question(TENANT, who, types, null, null, Map.of(), 1_000, cursor));
      all.addAll(page.events());
      cursor = page.next();
    } while (cursor != null);
    return all;
  }

  /// @return states of the parts of all events of a type, the newest event first
  List<String> states(String type) {
    return events(type, null).stream()
        .flatMap(event -> event.parts().stream())
        .map(Timeline.Part::state)
        .toList();
  }
}
