package no.spor.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `spor tenant`: tenants and their catalogues.
@Command(
    name = "tenant",
    description = "Creates and lists tenants; shows and puts their catalogues.",
    mixinStandardHelpOptions = true)
final class TenantCommand {
  @Spec private CommandSpec spec;

  @Command(name = "create", description = "Creates a tenant.", mixinStandardHelpOptions = true)
  int create(
      @Mixin ServerAccess server,
      @Parameters(paramLabel = "ID", description = "a-z, 0-9 and -, at most 63") String id,
      @Parameters(paramLabel = "NAME", description = "for people") String name) {
    server.post(
        "/v1/tenants",
        JsonMapper.shared().createObjectNode().put("id", id).put("name", name).toString());
    out().println(Words.of(spec).say("tenant.created", id));
    return 0;
  }

  @Command(name = "list", description = "Lists the tenants.", mixinStandardHelpOptions = true)
  int list(@Mixin ServerAccess server) {
    JsonNode tenants = JsonMapper.shared().readTree(server.get("/v1/tenants")).path("tenants");
    for (JsonNode tenant : tenants) {
      out()
          .printf(
              "%-24s %s  %s%n",
              tenant.path("id").asString(),
              tenant.path("createdAt").asString(),
              tenant.path("name").asString());
    }
    if (tenants.isEmpty()) {
      spec.commandLine().getErr().println(Words.of(spec).say("tenant.none"));
    }
    return 0;
  }

  @Command(
      name = "catalogue",
      description = "Shows a tenant's catalogue, or puts its own types and periods from a file.",
      mixinStandardHelpOptions = true)
  int catalogue(
      @Mixin ServerAccess server,
      @Parameters(paramLabel = "ID") String id,
      @Parameters(paramLabel = "FILE", arity = "0..1", description = "YAML or JSON to put")
          Path file)
      throws IOException {
    String path = "/v1/tenants/" + PathSegment.of(id) + "/catalogue";
    String answer =
        file == null
            ? server.get(path)
            : server.put(path, "application/yaml", Files.readAllBytes(file));
    out().println(JsonMapper.shared().readTree(answer).toPrettyString());
    return 0;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
