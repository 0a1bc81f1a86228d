package no.spor.cli;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Function;
import no.spor.rights.EpochRotation.Horizon;
import no.spor.rights.KeyLoss.Loss;
import no.spor.server.Node;
import no.spor.server.NodeOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `spor keystore`: the keys that people's data is sealed with, as a whole.
@Command(
    name = "keystore",
    description = "Epochs and losses of the key store, of a server or of a data directory.",
    mixinStandardHelpOptions = true)
final class KeyStoreCommand {
  @Spec private CommandSpec spec;

  /// A data directory that no server uses now.
  static final class Offline {
    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "on a data directory that no server uses now, instead of a server")
    private @Nullable Path data;

    @Option(
        names = "--root",
        paramLabel = "FILE",
        defaultValue = "${env:SPOR_ROOT_FILE}",
        description = "with --data: the root key's file")
    private @Nullable Path root;

    /// @return what was asked of the directory; null where none was named
    @Nullable String ask(Function<Node, String> question) {
      if (data == null) {
        return null;
      }
      Path rootFile = root == null || root.toString().isBlank() ? null : root;
      try (Node node = Node.open(NodeOptions.importing(data, rootFile), InstantSource.system())) {
        return question.apply(node);
      } catch (CommandFailedException said) {
        throw said;
      } catch (RuntimeException failed) {
        throw new CommandFailedException(StartFailure.sentence(failed));
      }
    }
  }

  @Command(
      name = "status",
      description =
          "Shows the epoch, the erasure horizon, and whether the keys are behind the ledger.",
      mixinStandardHelpOptions = true)
  int status(@Mixin ServerAccess server, @Mixin Offline offline) {
    String said =
        offline.ask(node ->
            sentence(node.upkeep().epochs().horizon())
                + behind(node.upkeep().loss().loss().isPresent()));
    return say(said != null ? said : status(server.get("/v1/key-store")));
  }

  private String status(String answer) {
    boolean lost = JsonMapper.shared().readTree(answer).path("lost").asBoolean();
    return sentence(answer) + behind(lost);
  }

  private String behind(boolean lost) {
    return lost ? System.lineSeparator() + Words.of(spec).say("keystore.behind") : "";
  }

  @Command(
      name = "rotate-epoch",
      description =
          "Opens a new epoch: every older copy of the keys is dead then. Replace the escrow copy of the epochs afterwards.",
      mixinStandardHelpOptions = true)
  int rotateEpoch(@Mixin ServerAccess server, @Mixin Offline offline) {
    String said = offline.ask(node -> sentence(node.upkeep().epochs().rotate()));
    return say(said != null ? said : sentence(server.post("/v1/key-store/rotate-epoch", "{}")));
  }

  @Command(
      name = "accept-loss",
      description =
          "Goes on with a key store that lacks what the ledger was sealed with, for good: what is missing reads as erased from now on. Recorded.",
      mixinStandardHelpOptions = true)
  int acceptLoss(@Mixin ServerAccess server, @Mixin Offline offline) {
    String said = offline.ask(this::accepted);
    if (said == null) {
      server.post("/v1/key-store/accept-loss", "{}");
      said = Words.of(spec).say("keystore.accepted");
    }
    return say(said);
  }

  private String accepted(Node node) {
    Loss loss =
        node.upkeep()
            .loss()
            .loss()
            .orElseThrow(() -> Words.of(spec).failed("keystore.nothing-lost"));
    node.upkeep().loss().accept(loss, null);
    return Words.of(spec).say("keystore.accepted");
  }

  private String sentence(String answer) {
    JsonNode status = JsonMapper.shared().readTree(answer);
    return sentence(
        status.path("epoch").asInt(),
        status.path("openedAt").asString(),
        status.path("rotatesAt").isNull() ? null : status.path("rotatesAt").asString());
  }

  private String sentence(Horizon horizon) {
    return sentence(
        horizon.epoch(),
        horizon.openedAt().toString(),
        horizon.rotatesAt() == null ? null : horizon.rotatesAt().toString());
  }

  private String sentence(int epoch, String openedAt, @Nullable String rotatesAt) {
    Words words = Words.of(spec);
    return words.say(
        "keystore.epoch",
        epoch,
        openedAt,
        rotatesAt == null ? words.say("keystore.no-rotation") : rotatesAt);
  }

  private int say(String text) {
    spec.commandLine().getOut().println(text);
    return 0;
  }
}
