package no.spor.vault;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Reads vectors of the tests' resources.
final class Vectors {
  private Vectors() {}

  static JsonNode read(String path) {
    try (InputStream in = Vectors.class.getResourceAsStream("/" + path)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<JsonNode> cases(String path) {
    JsonNode node = read(path);
    return List.copyOf((node.isArray() ? node : node.get("cases")).values());
  }

  static byte[] bytes(JsonNode node, String name) {
    return HexFormat.of().parseHex(node.get(name).asString());
  }

  static UUID uuid(JsonNode node, String name) {
    Pseudonym bits = Pseudonym.of(bytes(node, name));
    return new UUID(bits.high(), bits.low());
  }

  static SecretBytes secret(JsonNode node, String name) {
    return SecretBytes.owning(bytes(node, name));
  }
}
