package no.spor.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `spor retention`: what is over ends.
@Command(
    name = "retention",
    description = "Shows how retention stands, or runs it now; it runs by itself every hour.",
    mixinStandardHelpOptions = true)
final class RetentionCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "status",
      description = "Shows what is due and how far it has come; exit 1 where something is late.",
      mixinStandardHelpOptions = true)
  int status(@Mixin ServerAccess server) {
    return show(server.get("/v1/retention"));
  }

  @Command(
      name = "run",
      description = "Runs now and shows how it stands; exit 1 where something is late.",
      mixinStandardHelpOptions = true)
  int run(
      @Mixin ServerAccess server,
      @Option(
              names = "--clock-is-right",
              description =
                  "the server's clock is more than 31 days further ahead than can be proven, and is right all the same")
          boolean clockIsRight) {
    return show(server.post("/v1/retention/run", clockIsRight ? "{\"clock\":\"right\"}" : "{}"));
  }

  private int show(String answer) {
    JsonNode status = JsonMapper.shared().readTree(answer);
    for (JsonNode one : status.path("classes")) {
      spec.commandLine()
          .getOut()
          .printf(
              "%-24s %-12s version %-4d kept from %s, keys destroyed before %s, parts dropped before %s%s%n",
              one.path("tenant").asString(),
              one.path("class").asString(),
              one.path("policyVersion").asInt(),
              one.path("due").asString(),
              text(one.path("expired")),
              text(one.path("dropped")),
              one.path("late").asBoolean() ? "  LATE" : "");
    }
    for (JsonNode one : status.path("inactiveAccounts")) {
      spec.commandLine()
          .getOut()
          .printf(
              "%-24s accounts inactive for %s, looked at %s, closed since the start %d%n",
              one.path("tenant").asString(),
              one.path("period").asString(),
              text(one.path("lookedAt")),
              one.path("closed").asLong());
    }
    long ahead = status.path("clockAheadSeconds").asLong();
    if (ahead > 0) {
      spec.commandLine()
          .getErr()
          .println(
              "spor: late: the server's clock is %d seconds further ahead than can be proven; set it right, or run with --clock-is-right"
                  .formatted(ahead));
    }
    return ahead > 0 || status.path("late").asBoolean() ? 1 : 0;
  }

  private static String text(JsonNode value) {
    return value.isNull() ? "(none)" : value.asString();
  }
}
