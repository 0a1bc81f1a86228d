package no.spor.conformance;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import no.spor.activity.TimelineEntry;

/// A timeline's entry in the making. Without more: a check-in of [#TENANT] at [#NOON].
final class SampleEntry {
  static final String TENANT = "bygg-as";
  static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private final long position;
  private String tenant = TENANT;
  private String source = "/app";
  private String type = "site.checkin";
  private Instant time = NOON;
  private final Map<String, Object> facets = new HashMap<>();
  private final List<byte[]> pseudonyms = new ArrayList<>();

  SampleEntry(long position) {
    this.position = position;
  }

  SampleEntry tenant(String wanted) {
    tenant = wanted;
    return this;
  }

  SampleEntry source(String wanted) {
    source = wanted;
    return this;
  }

  SampleEntry type(String wanted) {
    type = wanted;
    return this;
  }

  SampleEntry at(Instant wanted) {
    time = wanted;
    return this;
  }

  SampleEntry facet(String pointer, Object value) {
    facets.put(pointer, value);
    return this;
  }

  /// @param number of the pseudonym: a person in a month
  SampleEntry person(int number) {
    pseudonyms.add(pseudonym(number));
    return this;
  }

  TimelineEntry entry() {
    return new TimelineEntry(position, tenant, source, type, time, facets, pseudonyms);
  }

  static byte[] pseudonym(int number) {
    byte[] bytes = new byte[16];
    new Random(number).nextBytes(bytes);
    return bytes;
  }
}
