package no.spor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `spor rebuild`: makes the views anew from the ledger, while the server goes on.
@Command(
    name = "rebuild",
    description =
        "Rebuilds the timeline from the ledger, online, and waits until it has caught up.",
    mixinStandardHelpOptions = true)
final class RebuildCommand implements Callable<Integer> {
  @Mixin private ServerAccess server;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    long behind = behind(server.post("/v1/views/timeline/rebuild", "{}"));
    long all = Math.max(1, behind);
    try (ProgressBar bar = ProgressBar.onTerminal(Words.of(spec), "bar.rebuilding", all)) {
      while (behind > 0) {
        Thread.sleep(200);
        behind = behind(server.get("/v1/views/timeline"));
        bar.at(Math.max(0, all - behind), all - behind);
      }
    }
    spec.commandLine().getOut().println(Words.of(spec).say("rebuild.done"));
    return 0;
  }

  private static long behind(String answer) {
    return JsonMapper.shared().readTree(answer).path("behind").asLong();
  }
}
