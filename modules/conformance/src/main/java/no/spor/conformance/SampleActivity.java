package no.spor.conformance;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import no.spor.activity.EventIdentity;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import no.spor.activity.Role;
import no.spor.ledger.Draft;
import no.spor.ledger.DraftPart;
import no.spor.ledger.RecordKey;
import no.spor.vault.SealOutcome.Sealed;
import no.spor.vault.SealRequest;
import no.spor.vault.SealRequest.PlainPart;
import org.jspecify.annotations.Nullable;

/// An event of a tenant in the making, with a real header. Without more: a check-in of
/// [SampleEntry#TENANT] at [SampleEntry#NOON], without parts.
final class SampleActivity {
  static final String RETENTION = "history";
  private static final byte JSON = 1;
  private static final byte JSON_WITH_ATTRIBUTES = 2;

  private final String id;
  private final Map<String, Object> facets = new HashMap<>();
  private final List<PlainPart> parts = new ArrayList<>();
  private String tenant = SampleEntry.TENANT;
  private String source = "/app";
  private String type = "site.checkin";
  private Instant time = SampleEntry.NOON;
  private boolean discarded;

  SampleActivity(String id) {
    this.id = id;
  }

  SampleActivity of(String wanted) {
    tenant = wanted;
    return this;
  }

  SampleActivity source(String wanted) {
    source = wanted;
    return this;
  }

  SampleActivity type(String wanted) {
    type = wanted;
    return this;
  }

  SampleActivity at(Instant wanted) {
    time = wanted;
    return this;
  }

  SampleActivity facet(String pointer, Object value) {
    facets.put(pointer, value);
    return this;
  }

  SampleActivity actor(String person, String json) {
    return part(Role.ACTOR, new PersonId(Namespace.ACCOUNT, person), json);
  }

  SampleActivity subject(String person, String json) {
    return part(Role.SUBJECT, new PersonId(Namespace.ACCOUNT, person), json);
  }

  SampleActivity visitor(String address, String json) {
    return part(Role.VISITOR, new PersonId(Namespace.VISITOR, address), json);
  }

  SampleActivity company(String json) {
    return part(Role.COMPANY, null, json);
  }

  /// The company's part, with CloudEvents attributes sealed beside it.
  SampleActivity company(String json, String attributes) {
    byte[] object = utf8(json);
    byte[] more = utf8(attributes);
    byte[] content =
        ByteBuffer.allocate(4 + object.length + more.length)
            .putInt(object.length)
            .put(object)
            .put(more)
            .array();
    parts.add(new PlainPart(Role.COMPANY, null, JSON_WITH_ATTRIBUTES, content));
    return this;
  }

  /// Recorded when it was expired already: nothing of its parts is kept.
  SampleActivity discarded() {
    discarded = true;
    return this;
  }

  private SampleActivity part(Role role, @Nullable PersonId person, String json) {
    parts.add(new PlainPart(role, person, JSON, utf8(json)));
    return this;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  String tenant() {
    return tenant;
  }

  String id() {
    return id;
  }

  Instant time() {
    return time;
  }

  HeaderBody header() {
    return new HeaderBody(
        id,
        source,
        type,
        time,
        tenant,
        RETENTION,
        1,
        1,
        parts.stream().map(PlainPart::role).toList(),
        facets,
        List.of());
  }

  SealRequest request() {
    return new SealRequest(header(), HeaderBodyCodec.encode(header()), false, List.copyOf(parts));
  }

  Draft draft(Sealed sealed) {
    EventIdentity identity = EventIdentity.of(tenant, source, id);
    return new Draft(
        tenant,
        HeaderBodyCodec.encode(header()),
        sealed.parts().stream()
            .map(part -> new DraftPart(RETENTION, discarded ? null : part))
            .toList(),
        new RecordKey(identity.high(), identity.low()),
        List.of(),
        false,
        null);
  }
}
