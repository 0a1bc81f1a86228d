package no.spor.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import no.spor.activity.PersonId.Namespace;
import no.spor.recording.Recorder;
import no.spor.recording.Recorder.Submission;
import no.spor.rights.ErasureRequest;
import no.spor.rights.ErasureRequests.NewRequest;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import org.slf4j.LoggerFactory;

/// A process that records and erases one person after another until it is killed; says on standard
/// output what was acknowledged. Arguments: data directory, what names begin with, how many people
/// after which it ends as if it was killed (else never).
final class ErasingChild {
  static final String TENANT = "bygg-as";
  static final int EVENTS = 4;

  private ErasingChild() {}

  public static void main(String[] arguments) {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    Node node =
        TestStore.open(NodeOptions.importing(Path.of(arguments[0]), null), InstantSource.system());
    if (node.tenancy().tenant(TENANT).isEmpty()) {
      node.tenancy().createTenant(TENANT, "Bygg AS");
    }
    int most = arguments.length > 2 ? Integer.parseInt(arguments[2]) : Integer.MAX_VALUE;
    for (int i = 0; i < most; i++) {
      String person = arguments[1] + "-" + i + "@bygg.example";
      StringBuilder said = new StringBuilder("recorded ").append(person);
      for (int e = 0; e < EVENTS; e++) {
        said.append(' ').append(record(node, person, e));
      }
      say(said.toString());
      ErasureRequest request =
          node.erasureRequests()
              .receive(
                  null,
                  new NewRequest(
                      TENANT, person, EnumSet.allOf(Namespace.class), "Art. 17", null, "test"));
      say("requested " + person + " " + request.id());
      node.erasureRequests().approve(null, request.id());
      say("approved " + person);
    }
    Runtime.getRuntime().halt(0);
  }

  static long record(Node node, String person, int event) {
    String line =
        """
        {"specversion":"1.0","id":"%s-%d","source":"/t","type":"site.checkin","time":"%s","data":{"user":"%s","site":"s","siteName":"Barcode"}}\
        """
            .formatted(person.replace('@', '.'), event, RunningSpor.now(), person);
    Recorder.Result result =
        node.recorder()
            .record(
                new Access("test", AccessRole.EMITTER, TENANT),
                new Submission.Lines(line.getBytes(StandardCharsets.UTF_8)),
                false)
            .getFirst();
    return ((Recorder.Result.Recorded) result).position();
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
