package no.spor.tenancy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/// Reads a YAML or JSON document into [DocumentNode]s, within limits: size, depth, number of nodes.
/// Anchors, aliases and tags are refused, so that no document is larger than it looks.
final class DocumentTree {
  static final int MAX_BYTES = 256 * 1024;

  /// As a JSON text, which is what is recorded, it must fit a sealed part.
  private static final int MAX_ESCAPED_BYTES = 440 * 1024;

  private static final int MAX_DEPTH = 8;
  private static final int MAX_NODES = 50_000;
  private static final int SHOWN = 60;

  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxDocumentLength(MAX_BYTES)
          .maxNestingDepth(4 * MAX_DEPTH)
          .maxStringLength(MAX_BYTES)
          .maxNameLength(4096)
          .maxNumberLength(64)
          .build();
  private static final TokenStreamFactory JSON =
      JsonFactory.builder().streamReadConstraints(CONSTRAINTS).build();
  private static final TokenStreamFactory YAML =
      YAMLFactory.builder()
          .streamReadConstraints(CONSTRAINTS)
          .loadSettings(
              LoadSettings.builder()
                  .setCodePointLimit(MAX_BYTES)
                  .setMaxAliasesForCollections(0)
                  .setAllowDuplicateKeys(false)
                  .setAllowRecursiveKeys(false)
                  .build())
          .build();

  private final JsonParser parser;
  private int nodes;

  private DocumentTree(JsonParser parser) {
    this.parser = parser;
  }

  /// @throws InvalidCatalogueException where the text is no document within the limits
  static DocumentNode read(String document) {
    int bytes = document.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_BYTES) {
      throw new InvalidCatalogueException("", "the document is larger than 256 KiB");
    }
    if (bytes + document.chars().filter(DocumentTree::escaped).count() > MAX_ESCAPED_BYTES) {
      throw new InvalidCatalogueException(
          "", "the document is larger than 440 KiB once its quotes and line breaks are escaped");
    }
    boolean json =
        document.stripLeading().startsWith("{") && document.stripTrailing().endsWith("}");
    if (!json) {
      return read(YAML, document);
    }
    try {
      return read(JSON, document);
    } catch (InvalidCatalogueException asJson) {
      // A YAML flow mapping looks like JSON too. Where it is neither, JSON's complaint is the
      // nearer.
      try {
        return read(YAML, document);
      } catch (InvalidCatalogueException asYaml) {
        throw asJson;
      }
    }
  }

  private static DocumentNode read(TokenStreamFactory format, String document) {
    try (JsonParser parser = format.createParser(ObjectReadContext.empty(), document)) {
      DocumentTree tree = new DocumentTree(parser);
      JsonToken first = parser.nextToken();
      if (first == null) {
        return new DocumentNode.Mapping("", Map.of());
      }
      DocumentNode root = tree.node(first, "", 0);
      if (parser.nextToken() != null) {
        throw new InvalidCatalogueException(tree.at(""), "a second document; there must be one");
      }
      return root;
    } catch (JacksonException e) {
      throw notWellFormed(e);
    }
  }

  private static InvalidCatalogueException notWellFormed(JacksonException e) {
    int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
    String problem = e.getOriginalMessage();
    if (e.getCause() instanceof MarkedYamlEngineException yaml) {
      // The parser's own location is where the last token stood, not where the trouble is.
      line = yaml.getProblemMark().map(mark -> mark.getLine() + 1).orElse(line);
      problem = yaml.getProblem();
    }
    return new InvalidCatalogueException(
        "line " + line, "not well-formed YAML or JSON (" + brief(problem) + ")");
  }

  private DocumentNode node(JsonToken token, String path, int depth) {
    String where = at(path);
    if (++nodes > MAX_NODES) {
      throw new InvalidCatalogueException(where, "the document has more than 50 000 values");
    }
    if (depth > MAX_DEPTH) {
      throw new InvalidCatalogueException(where, "nested more than 8 deep");
    }
    refuseYamlReferences(where);
    return switch (token) {
      case START_OBJECT -> mapping(path, where, depth);
      case START_ARRAY -> listing(path, where, depth);
      case VALUE_STRING -> new DocumentNode.Text(where, parser.getString());
      case VALUE_NULL -> new DocumentNode.Other(where, "nothing (null)");
      case VALUE_TRUE, VALUE_FALSE -> new DocumentNode.Other(where, "a truth value");
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new DocumentNode.Other(where, "a number");
      default -> throw new InvalidCatalogueException(where, "this has no place in a catalogue");
    };
  }

  private DocumentNode mapping(String path, String where, int depth) {
    Map<String, DocumentNode> members = new LinkedHashMap<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_OBJECT;
        token = parser.nextToken()) {
      refuseYamlReferences(at(path));
      String name = parser.currentName();
      String inner = path.isEmpty() ? shown(name) : path + "." + shown(name);
      if (members.containsKey(name)) {
        throw new InvalidCatalogueException(at(inner), "stands twice");
      }
      members.put(name, node(parser.nextToken(), inner, depth + 1));
    }
    return new DocumentNode.Mapping(where, members);
  }

  private DocumentNode listing(String path, String where, int depth) {
    List<DocumentNode> items = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      items.add(node(token, path + "[" + items.size() + "]", depth + 1));
    }
    return new DocumentNode.Listing(where, items);
  }

  private void refuseYamlReferences(String where) {
    if (parser instanceof YAMLParser yaml) {
      if (yaml.isCurrentAlias() || yaml.getObjectId() != null) {
        throw new InvalidCatalogueException(
            where, "anchors (&) and aliases (*) are not taken; write it out, or quote the text");
      }
      if (yaml.getTypeId() != null) {
        throw new InvalidCatalogueException(where, "tags (!) are not taken");
      }
    }
  }

  private static boolean escaped(int c) {
    return c == '"' || c == '\\' || c < ' ';
  }

  private String at(String path) {
    String line = "line " + Math.max(1, parser.currentTokenLocation().getLineNr());
    return path.isEmpty() ? line : path + " (" + line + ")";
  }

  /// A name or value from a document as an error may show it: short, one line, printable.
  static String shown(String text) {
    StringBuilder out = new StringBuilder();
    int[] points = text.codePoints().limit(SHOWN).toArray();
    for (int point : points) {
      boolean printable =
          !Character.isISOControl(point)
              && Character.isDefined(point)
              && Character.getType(point) != Character.SURROGATE
              && Character.getType(point) != Character.FORMAT;
      out.appendCodePoint(printable ? point : '?');
    }
    return text.codePointCount(0, text.length()) > SHOWN
        ? out.append('…').toString()
        : out.toString();
  }

  private static String brief(String message) {
    String line = message.strip().lines().findFirst().orElse("").strip();
    return shown(line);
  }
}
