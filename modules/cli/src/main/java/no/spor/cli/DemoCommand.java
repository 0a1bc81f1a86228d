package no.spor.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import no.spor.recording.Recorder;
import no.spor.server.Node;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.tenancy.Tenancy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `spor demo`: a server with lively made-up activity, to look at. Everything it made is gone when
/// it ends.
@Command(
    name = "demo",
    description =
        "Runs a server on an empty temporary directory, with made-up activity of two tenants, and says what to try.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final Access EMITTER = new Access("demo", AccessRole.EMITTER, null);

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "default: a free one",
      defaultValue = "0")
  private int port;

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "how many events it begins with (default: ${DEFAULT-VALUE})",
      defaultValue = "4000")
  private int events;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path data = TemporaryData.create("spor-demo-");
    PrintWriter out = spec.commandLine().getOut();
    try (RunningServer server =
            RunningServer.start(Map.of("spor.data", data.toString(), "server.port", port));
        ScheduledExecutorService life =
            Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory())) {
      Node node = server.node();
      DemoActivity activity = new DemoActivity(Instant.now());
      for (DemoActivity.Company company : DemoActivity.COMPANIES) {
        node.tenancy().createTenant(company.id(), company.name());
      }
      fill(node, activity);
      out.print(Demo.text(server.url(), keys(node)));
      out.println("ready: " + server.url());
      out.flush();
      life.scheduleWithFixedDelay(() -> live(node, activity), 1, 1, TimeUnit.SECONDS);
      Thread.currentThread().join();
    }
    return 0;
  }

  private void fill(Node node, DemoActivity activity) {
    try (ProgressBar bar = ProgressBar.onTerminal(Words.of(spec), "bar.making-up", events)) {
      for (int done = 0; done < events; ) {
        int some = Math.min(500, events - done);
        node.recorder()
            .record(
                EMITTER, new Recorder.Submission.Lines(activity.past(done, some, events)), false);
        done += some;
        bar.at(done, done);
      }
    }
  }

  private static void live(Node node, DemoActivity activity) {
    try {
      node.recorder()
          .record(EMITTER, new Recorder.Submission.Lines(activity.now(Instant.now())), false);
    } catch (RuntimeException closing) {
      // The server is stopping: the demo ends with it.
    }
  }

  private static Demo.Keys keys(Node node) {
    Tenancy tenancy = node.tenancy();
    String tenant = DemoActivity.COMPANIES.getFirst().id();
    return new Demo.Keys(
        node.administratorKey().orElseThrow(),
        tenancy.createKey(AccessRole.EMITTER, tenant, "demo emitter").secret(),
        tenancy.createKey(AccessRole.OFFICER, tenant, "demo officer").secret(),
        tenancy.createKey(AccessRole.AUDITOR, tenant, "demo auditor").secret());
  }
}
