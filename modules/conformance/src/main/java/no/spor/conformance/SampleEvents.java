package no.spor.conformance;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBody.EventTag;
import no.spor.activity.PersonId;
import no.spor.activity.PersonId.Namespace;
import no.spor.activity.Role;
import no.spor.vault.SealRequest;
import no.spor.vault.SealRequest.PlainPart;
import org.jspecify.annotations.Nullable;

/// Builds events to be sealed. Their bodies are no real encodings: a vault binds parts to the
/// bytes, whatever they are.
public final class SampleEvents {
  public static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final byte JSON = 1;

  private final List<PlainPart> parts = new ArrayList<>();
  private final List<byte[]> contents = new ArrayList<>();
  private final List<EventTag> tags = new ArrayList<>();
  private final String id;
  private String tenant = "bygg-as";
  private String retention = "session";
  private int policyVersion = 1;
  private Instant time = NOON;
  private boolean untilClosed;

  private SampleEvents(String id) {
    this.id = id;
  }

  public static SampleEvents event(String id) {
    return new SampleEvents(id);
  }

  public static PersonId account(String id) {
    return new PersonId(Namespace.ACCOUNT, id);
  }

  public static PersonId visitor(String id) {
    return new PersonId(Namespace.VISITOR, id);
  }

  public SampleEvents of(String sampleTenant) {
    tenant = sampleTenant;
    return this;
  }

  public SampleEvents at(Instant when) {
    time = when;
    return this;
  }

  public SampleEvents in(String sampleRetention, int version) {
    retention = sampleRetention;
    policyVersion = version;
    return this;
  }

  public SampleEvents untilClosed() {
    retention = "account";
    untilClosed = true;
    return this;
  }

  public SampleEvents tag(String key, String value) {
    tags.add(new EventTag(key, value));
    return this;
  }

  public SampleEvents part(Role role, @Nullable PersonId person, byte[] content) {
    parts.add(new PlainPart(role, person, JSON, content.clone()));
    contents.add(content.clone());
    return this;
  }

  public SampleEvents actor(String person) {
    return part(Role.ACTOR, account(person), json("actor", person));
  }

  public SampleEvents subject(String person) {
    return part(Role.SUBJECT, account(person), json("subject", person));
  }

  public SampleEvents visit(String address) {
    return part(Role.VISITOR, visitor(address), json("visitor", address));
  }

  public SampleEvents company() {
    return part(Role.COMPANY, null, json("company", id));
  }

  private static byte[] json(String name, String value) {
    return "{\"%s\":\"%s\"}".formatted(name, value).getBytes(StandardCharsets.UTF_8);
  }

  /// @return what went in, part by part: the request's own arrays are wiped by sealing
  public List<byte[]> contents() {
    return List.copyOf(contents);
  }

  public HeaderBody header() {
    return new HeaderBody(
        id,
        "/sample",
        "sample.happened",
        time,
        tenant,
        retention,
        policyVersion,
        1,
        parts.stream().map(PlainPart::role).toList(),
        Map.of(),
        List.copyOf(tags));
  }

  public byte[] body() {
    return header().toString().getBytes(StandardCharsets.UTF_8);
  }

  public SealRequest request() {
    return new SealRequest(
        header(),
        body(),
        untilClosed,
        parts.stream()
            .map(p -> new PlainPart(p.role(), p.person(), p.codec(), p.content().clone()))
            .toList());
  }
}
