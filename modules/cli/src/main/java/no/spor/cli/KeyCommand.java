package no.spor.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import no.spor.server.Node;
import no.spor.server.NodeOptions;
import no.spor.tenancy.AccessRole;
import no.spor.tenancy.Tenancy;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `spor key`: API keys.
@Command(
    name = "key",
    description = "Creates, lists and revokes API keys.",
    mixinStandardHelpOptions = true)
final class KeyCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "create",
      description = "Creates a key and prints it, this once.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ServerAccess server,
      @Parameters(paramLabel = "ROLE", description = "emitter, auditor, officer or admin")
          String role,
      @Parameters(paramLabel = "NAME", description = "what it is for; nothing personal")
          String name,
      @Option(names = "--tenant", paramLabel = "ID", description = "left out for an operator's key")
          @Nullable String tenant,
      @Option(
              names = "--data",
              paramLabel = "DIR",
              description =
                  "on a data directory that no server uses now: the way back in where the last key was lost")
          @Nullable Path data,
      @Option(
              names = "--root",
              paramLabel = "FILE",
              defaultValue = "${env:SPOR_ROOT_FILE}",
              description = "with --data: the root key's file")
          @Nullable Path root) {
    if (data != null) {
      return createOn(data, root, role, name, tenant);
    }
    ObjectNode request = JsonMapper.shared().createObjectNode().put("role", role).put("name", name);
    if (tenant != null) {
      request.put("tenant", tenant);
    }
    JsonNode key = JsonMapper.shared().readTree(server.post("/v1/keys", request.toString()));
    spec.commandLine().getErr().println(Words.of(spec).say("key.once", key.path("id").asString()));
    out().println(key.path("key").asString());
    return 0;
  }

  private int createOn(
      Path data, @Nullable Path root, String role, String name, @Nullable String tenant) {
    Path rootFile = root == null || root.toString().isBlank() ? null : root;
    try (Node node = Node.open(NodeOptions.importing(data, rootFile), InstantSource.system())) {
      Tenancy.NewKey key = node.tenancy().createKey(AccessRole.ofLabel(role), tenant, name);
      spec.commandLine().getErr().println(Words.of(spec).say("key.once", key.id()));
      out().println(key.secret());
      return 0;
    } catch (RuntimeException failed) {
      throw new CommandFailedException(StartFailure.sentence(failed));
    }
  }

  @Command(name = "list", description = "Lists the keys.", mixinStandardHelpOptions = true)
  int list(@Mixin ServerAccess server) {
    for (JsonNode key : JsonMapper.shared().readTree(server.get("/v1/keys")).path("keys")) {
      out()
          .printf(
              "%-24s %-8s %-24s %-8s %s%n",
              key.path("id").asString(),
              key.path("role").asString(),
              key.path("tenant").isNull()
                  ? Words.of(spec).say("key.operator")
                  : key.path("tenant").asString(),
              Words.of(spec).say(key.path("revokedAt").isNull() ? "key.living" : "key.revoked"),
              key.path("name").asString());
    }
    return 0;
  }

  @Command(
      name = "revoke",
      description = "Revokes a key, for good.",
      mixinStandardHelpOptions = true)
  int revoke(@Mixin ServerAccess server, @Parameters(paramLabel = "ID") String id) {
    server.delete("/v1/keys/" + PathSegment.of(id));
    out().println(Words.of(spec).say("key.was-revoked", id));
    return 0;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
