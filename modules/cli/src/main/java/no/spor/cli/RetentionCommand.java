package no.spor.cli;

import java.io.PrintWriter;
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
    Words words = Words.of(spec);
    PrintWriter out = spec.commandLine().getOut();
    for (JsonNode one : status.path("classes")) {
      out.println(
          words.say(
              "retention.class",
              one.path("tenant").asString(),
              one.path("class").asString(),
              one.path("policyVersion").asInt(),
              one.path("due").asString(),
              text(words, one.path("expired")),
              text(words, one.path("dropped")),
              one.path("late").asBoolean() ? words.say("retention.late") : ""));
    }
    for (JsonNode one : status.path("inactiveAccounts")) {
      out.println(
          words.say(
              "retention.accounts",
              one.path("tenant").asString(),
              one.path("period").asString(),
              text(words, one.path("lookedAt")),
              one.path("closed").asLong()));
    }
    long ahead = status.path("clockAheadSeconds").asLong();
    if (ahead > 0) {
      spec.commandLine().getErr().println(words.say("retention.clock", ahead));
    }
    return ahead > 0 || status.path("late").asBoolean() ? 1 : 0;
  }

  private static String text(Words words, JsonNode value) {
    return value.isNull() ? words.say("retention.none") : value.asString();
  }
}
