package no.spor.tenancy;

import java.util.List;
import java.util.Map;

/// A document's tree, each node with where it stands, so that an error can say it.
sealed interface DocumentNode {
  /// @return path and line, for instance `types.order.placed.facets[1] (line 7)`
  String where();

  /// What it is, in words of the document's writer.
  String kind();

  record Text(String where, String value) implements DocumentNode {
    @Override
    public String kind() {
      return "a text";
    }
  }

  /// @param members in the order of the document; no name stands twice
  record Mapping(String where, Map<String, DocumentNode> members) implements DocumentNode {
    @Override
    public String kind() {
      return "a mapping";
    }
  }

  record Listing(String where, List<DocumentNode> items) implements DocumentNode {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /// A number, truth value or null: nowhere right in a catalogue.
  record Other(String where, String kind) implements DocumentNode {}
}
