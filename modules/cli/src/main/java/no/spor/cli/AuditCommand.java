package no.spor.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `spor audit`: who administered what.
@Command(
    name = "audit",
    description =
        "Lists who administered what, from the ledger: time, what, tenant, the key that did it, details.",
    mixinStandardHelpOptions = true)
final class AuditCommand implements Callable<Integer> {
  @Option(names = "--tenant", paramLabel = "ID", description = "only what concerns this tenant")
  private @Nullable String tenant;

  @Mixin private ServerAccess server;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    long from = 0;
    JsonNode page;
    do {
      String only = tenant == null ? "" : "&tenant=" + PathSegment.of(tenant);
      page = JsonMapper.shared().readTree(server.get("/v1/administration?from=" + from + only));
      for (JsonNode act : page.path("acts")) {
        StringBuilder details = new StringBuilder();
        act.path("details")
            .properties()
            .forEach(
                one -> details.append(' ').append(one.getKey()).append('=').append(one.getValue()));
        out.printf(
            "%s %-24s %-16s %s%s%n",
            act.path("time").asString(),
            act.path("type").asString(),
            act.path("tenant").asString("-"),
            act.path("by").asString(Words.of(spec).say("audit.machine")),
            details);
      }
      from = page.path("next").asLong();
    } while (from < page.path("size").asLong());
    return 0;
  }
}
