package no.spor.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `spor soak`: works a server for long, and says whether it stood that.
@Command(
    name = "soak",
    description = {
      "Works a server at a steady rate over HTTP for long, reads everything back, and says whether"
          + " anything was lost or doubled, whether the heap stayed flat, and how old the checkpoint"
          + " became.",
      "Without --url: a server of its own on a temporary directory. With --url: a new tenant of that"
          + " server, where the events stay; the key is the operator's administrator's.",
      "Exit code: 0 all held, 1 something did not."
    },
    mixinStandardHelpOptions = true)
final class SoakCommand implements Callable<Integer> {
  private static final double OLDEST_CHECKPOINT_SECONDS = 10;
  private static final double KEPT_UP = 0.98;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "600",
      description = "for how long (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "5000",
      description = "events a second (default: ${DEFAULT-VALUE})")
  private int rate;

  @Mixin private ServerAccess server;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (seconds < 1 || rate < 100 || (long) seconds * rate > Integer.MAX_VALUE) {
      throw CommandFailedException.said("failed.soak");
    }
    if (server.given()) {
      return run(server, Soak.NOTHING);
    }
    try (OwnServer own = OwnServer.start(TemporaryData.create("spor-soak-"))) {
      return run(own.access(), own::collect);
    }
  }

  private int run(ServerAccess access, Runnable collect) {
    Soak soak = new Soak(access, collect, rate, seconds);
    double reached;
    try (ProgressBar bar = ProgressBar.onTerminal(Words.of(spec), "bar.sending", soak.all())) {
      reached = soak.send(done -> bar.at(done, done));
    }
    Soak.ReadBack back;
    try (ProgressBar bar = ProgressBar.onTerminal(Words.of(spec), "bar.reading", soak.all())) {
      back = soak.readBack(done -> bar.at(done, done));
    }
    SoakWatch watch = soak.watch();
    say(
        "soak.sent",
        soak.all(),
        reached,
        soak.latencyMillis(0.5),
        soak.latencyMillis(0.99),
        soak.again());
    boolean held = true;
    held &=
        verdict(
            back.missing() == 0 && back.twice() == 0 && soak.doubled() == 0,
            "soak.read",
            back.events(),
            back.missing(),
            back.twice() + soak.doubled(),
            back.first() < 0 ? "" : Words.of(spec).say("soak.first", back.first()));
    held &=
        verdict(
            watch.flat(),
            "soak.heap",
            watch.troughs().stream()
                .map(bytes -> String.format(Locale.ROOT, "%.0f", bytes / 1024 / 1024))
                .collect(Collectors.joining(" ")));
    held &=
        verdict(
            watch.oldestCheckpoint() <= OLDEST_CHECKPOINT_SECONDS,
            "soak.checkpoint",
            watch.oldestCheckpoint(),
            watch.longestQueue());
    held &= verdict(reached >= rate * KEPT_UP, "soak.kept-up", rate);
    return held ? 0 : 1;
  }

  private boolean verdict(boolean held, String key, Object... figures) {
    Words words = Words.of(spec);
    print(words.say(held ? "soak.held" : "soak.not-held") + words.say(key, figures));
    return held;
  }

  private void say(String key, Object... figures) {
    print(Words.of(spec).say(key, figures));
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
