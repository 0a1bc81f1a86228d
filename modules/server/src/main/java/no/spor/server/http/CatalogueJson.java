package no.spor.server.http;

import java.util.List;
import java.util.Map;
import no.spor.activity.Catalogue;
import no.spor.activity.EventType;
import no.spor.activity.RetentionPeriod;
import no.spor.activity.Role;
import tools.jackson.core.JsonGenerator;

/// Writes a tenant's catalogue, shipped types included, in the form in which own types are put.
final class CatalogueJson {
  private CatalogueJson() {}

  static void write(JsonGenerator json, Catalogue catalogue) {
    json.writeStartObject();
    json.writeNumberProperty("version", catalogue.version());
    json.writeStringProperty(
        "unknownTypes", catalogue.unknownTypesPrivate() ? "private" : "reject");
    RetentionPeriod inactive = catalogue.inactiveAccounts();
    if (inactive != null) {
      json.writeStringProperty("inactiveAccounts", period(inactive));
    }
    json.writeObjectPropertyStart("retention");
    catalogue
        .classes()
        .forEach((name, retention) -> json.writeStringProperty(name, period(retention.period())));
    json.writeEndObject();
    json.writeObjectPropertyStart("types");
    catalogue.types().values().forEach(type -> write(json, type));
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, EventType type) {
    json.writeObjectPropertyStart(type.name());
    json.writeStringProperty("retention", type.retention());
    json.writeObjectPropertyStart("people");
    type.people().forEach((role, pointer) -> json.writeStringProperty(role.label(), pointer));
    json.writeEndObject();
    if (!type.members().isEmpty()) {
      json.writeObjectPropertyStart("members");
      for (Map.Entry<String, Role> member : type.members().entrySet()) {
        json.writeStringProperty(member.getKey(), member.getValue().label());
      }
      json.writeEndObject();
    }
    pointers(json, "company", type.company());
    pointers(json, "facets", type.facets());
    if (type.rest() != Role.COMPANY) {
      json.writeStringProperty("rest", type.rest().label());
    }
    json.writeEndObject();
  }

  private static void pointers(JsonGenerator json, String name, List<String> pointers) {
    if (!pointers.isEmpty()) {
      json.writeArrayPropertyStart(name);
      pointers.forEach(json::writeString);
      json.writeEndArray();
    }
  }

  private static String period(RetentionPeriod period) {
    return switch (period) {
      case RetentionPeriod.For bounded -> bounded.period().toString();
      case RetentionPeriod.Forever ignored -> "forever";
      case RetentionPeriod.UntilClosed ignored -> "until-closed";
    };
  }
}
