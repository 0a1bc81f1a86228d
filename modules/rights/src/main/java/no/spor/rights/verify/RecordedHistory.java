package no.spor.rights.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import no.spor.ledger.LedgerRecord;
import no.spor.ledger.axon.DomainEventReader;
import no.spor.ledger.axon.DomainPayloads;
import no.spor.ledger.verify.BlockSource;
import no.spor.ledger.verify.BlockView;
import no.spor.ledger.verify.Finding;
import no.spor.ledger.verify.FindingKind;
import no.spor.ledger.verify.Findings;
import no.spor.ledger.verify.HistoryRules;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The rules of `ledger/FORMAT.md`, "What a verifier demands": what lies beside the headers follows
/// from their bodies, and a part or header that is missing is sound only where what is recorded
/// accounts for it. Rests on types and tags, which stand in clear, so it needs no keys; only which
/// period was in force when a part was discarded on arrival stands in sealed payloads.
public final class RecordedHistory implements HistoryRules {
  private static final String SEPARATOR = "\0";

  private final @Nullable DomainEventReader reader;

  /// Series (tenant, class, policy version) → first day kept.
  private final Map<String, Long> marks = new TreeMap<>();

  /// Series → position of its newest mark.
  private final Map<String, Long> marked = new TreeMap<>();

  /// Tenant → how many parts erasures have counted.
  private final Map<String, Long> counted = new TreeMap<>();

  /// Erasure and tenant, of what was erased or closed.
  private final Map<String, Long> erasures = new TreeMap<>();

  /// Internal id of who was erased, or whose account was closed, → position.
  private final Map<String, Long> gone = new TreeMap<>();

  private final Map<String, Long> closed = new TreeMap<>();

  /// Tenant and position of what sets fences → 1 where it surely set one.
  private final Map<String, Long> fences = new TreeMap<>();

  /// Tenant that left → how many records it had.
  private final Map<String, Long> left = new TreeMap<>();

  /// Origin the ledger had before → position of the record that it goes on.
  private final Map<String, Long> continued = new TreeMap<>();

  /// Series → 1 where its labels have a day.
  private final Map<String, Long> dated = new TreeMap<>();

  /// Series and period → how many parts of it were dropped, and where the first of them stood.
  private final Map<String, Long> personal = new TreeMap<>();

  private final Map<String, Long> other = new TreeMap<>();
  private final Map<String, Long> first = new TreeMap<>();

  /// Series → period; and tenant and class → newest version.
  private final Map<String, String> policies = new TreeMap<>();

  private final Map<String, Long> versions = new TreeMap<>();

  private final Map<String, Long> unchecked = new TreeMap<>();

  private @Nullable KeptKeys keys;
  private @Nullable BlockSource ledger;
  private Instant now = Instant.MAX;

  /// @param payloads opens control records; null where there are no keys
  public RecordedHistory(@Nullable DomainPayloads payloads) {
    this.reader = payloads == null ? null : new DomainEventReader(payloads, JsonMapper.shared());
  }

  /// Holds the keys against the ledger too, at the end.
  ///
  /// @param source the ledger's blocks
  /// @param at what time it is
  /// @return this
  public RecordedHistory keys(KeptKeys kept, BlockSource source, Instant at) {
    keys = kept;
    ledger = source;
    now = at;
    return this;
  }

  @Override
  public Step examine(BlockView block, List<Finding> findings) {
    var observed = new BlockExamination(block, findings, reader != null).examine();
    return observed.isEmpty()
        ? Step.NONE
        : all -> {
          for (var one : observed) {
            take(one, all);
          }
        };
  }

  private void take(Observed observed, Findings findings) {
    switch (observed) {
      case Observed.Labelled labelled -> labelled(labelled, findings);
      case Observed.Missing missing when missing.discarded() -> discarded(missing, findings);
      case Observed.Missing missing -> dropped(missing);
      case Observed.Control control -> control(control, findings);
    }
  }

  private static String key(Object... fields) {
    var key = new StringBuilder();
    for (var field : fields) {
      key.append(field).append(SEPARATOR);
    }
    return key.toString();
  }

  private void labelled(Observed.Labelled labelled, Findings findings) {
    var series = key(labelled.tenant(), labelled.retention(), labelled.version());
    var policy = policies.get(series);
    Long expected;
    if (policy != null) {
      expected = policy.startsWith("P") ? 1L : 0L;
    } else if (labelled.tenant().equals("spor")) {
      expected = 0L;
    } else {
      expected = dated.putIfAbsent(series, labelled.dated() ? 1L : 0L);
    }
    if (expected != null && expected != (labelled.dated() ? 1L : 0L)) {
      findings.add(
          Finding.ofRecord(
              FindingKind.LABEL,
              labelled.block(),
              labelled.position(),
              "its drop label has a day and its class never expires, or the other way round"));
    }
  }

  private void discarded(Observed.Missing missing, Findings findings) {
    var series = key(missing.tenant(), missing.retention(), missing.version());
    if (missing.day() < marks.getOrDefault(series, Long.MIN_VALUE)) {
      return;
    }
    var policy = policies.get(series);
    if (policy == null && missing.dated()) {
      unchecked.merge(
          "parts discarded on arrival, for want of the keys to read periods", 1L, Long::sum);
    } else if (policy == null || !over(policy, missing)) {
      findings.add(
          new Finding(
              FindingKind.DISCARDED_TOO_EARLY,
              missing.block(),
              missing.position(),
              missing.part(),
              "it was discarded on arrival, but its period was not over"));
    }
  }

  private static boolean over(String policy, Observed.Missing missing) {
    if (!policy.startsWith("P")) {
      return false;
    }
    var end =
        LocalDate.ofEpochDay(missing.day())
            .plus(Period.parse(policy))
            .plusDays(1)
            .atStartOfDay(ZoneOffset.UTC)
            .toInstant();
    return !Instant.ofEpochMilli(missing.recordedAtMillis()).isBefore(end);
  }

  private void dropped(Observed.Missing missing) {
    var period = key(missing.tenant(), missing.retention(), missing.version(), missing.day());
    boolean erasable = missing.role() >= 1 && missing.role() <= 3;
    (erasable ? personal : other).merge(period, 1L, Long::sum);
    first.putIfAbsent(period + erasable, missing.position());
  }

  private void control(Observed.Control control, Findings findings) {
    if (!ControlTypes.known(control.type())) {
      unchecked.merge("control records of types that this verifier does not know", 1L, Long::sum);
      return;
    }
    try {
      switch (control.type()) {
        case ControlTypes.PERIOD_EXPIRED -> {
          var series =
              key(tag(control, "tenant"), tag(control, "class"), number(control, "policy"));
          marked.put(series, control.position());
          marks.merge(series, LocalDate.parse(tag(control, "before")).toEpochDay(), Math::max);
        }
        case ControlTypes.PERSON_ERASED, ControlTypes.ACCOUNT_CLOSED -> erased(control);
        case ControlTypes.PERSON_PERMITTED ->
            fences.put(key(tag(control, "tenant"), control.position()), 0L);
        case ControlTypes.PARTS_COUNTED -> count(control);
        case ControlTypes.TENANT_LEFT ->
            left.merge(tag(control, "tenant"), number(control, "records"), Long::sum);
        case ControlTypes.LEDGER_CONTINUED -> {
          continued.put(tag(control, "predecessor"), control.position());
          fences.put(key("", control.position()), 0L);
        }
        case ControlTypes.TENANT_CREATED, ControlTypes.CATALOGUE_CHANGED -> policies(control);
        default -> {
          // The others account for nothing that is missing.
        }
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      findings.add(
          Finding.ofRecord(
              FindingKind.CONTROL_RECORD,
              control.block(),
              control.position(),
              "a " + control.type() + " that says what it must in no form it can"));
    }
  }

  private void erased(Observed.Control control) {
    var tenant = tag(control, "tenant");
    erasures.put(key(tag(control, "erasure"), tenant), control.position());
    var tags = control.tags();
    var person = tags == null ? null : tags.get("person");
    if (person != null) {
      boolean whole = control.type().equals(ControlTypes.PERSON_ERASED);
      (whole ? gone : closed).put(UUID.fromString(person).toString(), control.position());
    }
    if (control.fence()) {
      fences.put(key(tenant, control.position()), 1L);
    }
  }

  private void count(Observed.Control control) {
    var tenant = tag(control, "tenant");
    if (!erasures.containsKey(key(tag(control, "erasure"), tenant))) {
      throw new IllegalArgumentException("of an erasure that is not recorded");
    }
    counted.merge(tenant, number(control, "parts"), Long::sum);
  }

  private void policies(Observed.Control control) {
    var tenant = tag(control, "tenant");
    var record = control.record();
    if (reader == null || record == null) {
      return;
    }
    Map<String, String> periods;
    try {
      periods = open(reader, record);
    } catch (RuntimeException e) {
      unchecked.merge("payloads of control records that did not open", 1L, Long::sum);
      return;
    }
    periods.forEach((retention, period) -> {
      long version = versions.merge(key(tenant, retention), 1L, Long::sum);
      policies.put(key(tenant, retention, version), period);
    });
  }

  /// The one member of either payload that is gone by.
  record Policies(@Nullable Map<String, String> policies) {}

  private static Map<String, String> open(DomainEventReader reader, LedgerRecord record) {
    var policies = reader.read(record).orElseThrow().payloadAs(Policies.class).policies();
    return policies == null ? Map.of() : policies;
  }

  private static String tag(Observed.Control control, String key) {
    var tags = control.tags();
    var value = tags == null ? null : tags.get(key);
    if (value == null) {
      throw new IllegalArgumentException("it has not one tag " + key);
    }
    return value;
  }

  private static long number(Observed.Control control, String key) {
    var text = tag(control, key);
    if (!text.matches("0|[1-9][0-9]{0,17}")) {
      throw new IllegalArgumentException(key + " is no number");
    }
    return Long.parseLong(text);
  }

  @Override
  public OptionalLong continuedAt(String predecessor) {
    var position = continued.get(predecessor);
    return position == null ? OptionalLong.empty() : OptionalLong.of(position);
  }

  @Override
  public void finish(Absent absent, Findings findings) {
    other.forEach((period, count) -> {
      if (!expired(period)) {
        findings.add(
            Finding.ofRecord(
                FindingKind.PART_MISSING,
                -1,
                first.getOrDefault(period + false, -1L),
                count
                    + " parts of its period that are never erased are missing, and no recorded expiry covers it"));
      }
    });
    var unexpired = new TreeMap<String, Long>();
    var place = new TreeMap<String, Long>();
    personal.forEach((period, count) -> {
      if (!expired(period)) {
        var tenant = period.substring(0, period.indexOf(SEPARATOR));
        unexpired.merge(tenant, count, Long::sum);
        place.merge(tenant, first.getOrDefault(period + true, -1L), Math::min);
      }
    });
    unexpired.forEach((tenant, count) -> {
      long accounted = counted.getOrDefault(tenant, 0L);
      if (count > accounted) {
        findings.add(
            Finding.ofRecord(
                FindingKind.PART_MISSING,
                -1,
                place.getOrDefault(tenant, -1L),
                "%d parts of its tenant are missing that no expiry covers, and recorded erasures account for %d; the first of them is here"
                    .formatted(count, accounted)));
      }
    });
    headers(absent, findings);
    var kept = keys;
    var source = ledger;
    if (kept != null && source != null) {
      new KeyRules(kept, source, now, findings)
          .check(new KeyRules.Said(gone, closed, fences, marks, marked), SEPARATOR);
    }
    unchecked.forEach(findings::unchecked);
  }

  private boolean expired(String period) {
    var series = period.substring(0, period.lastIndexOf(SEPARATOR, period.length() - 2) + 1);
    long day = Long.parseLong(period.substring(series.length(), period.length() - 1));
    return day < marks.getOrDefault(series, Long.MIN_VALUE);
  }

  private void headers(Absent absent, Findings findings) {
    long accounted = left.values().stream().mapToLong(Long::longValue).sum();
    if (absent.headers() > accounted) {
      findings.add(
          Finding.ofBlock(
              FindingKind.HEADER_MISSING,
              absent.firstBlock(),
              "%d headers are missing, tenants that left account for %d; the first of them is here"
                  .formatted(absent.headers(), accounted)));
    }
    absent
        .leftOut()
        .forEach((stream, count) -> {
          if (count > left.getOrDefault(stream, 0L)) {
            findings.add(
                Finding.ofBlock(
                    FindingKind.SEQUENCE_GAP,
                    -1,
                    "a stream that did not leave leaves out %d sequences".formatted(count)));
          }
        });
  }

  private List<Map<String, Long>> state() {
    return List.of(
        marks, counted, erasures, left, continued, dated, personal, other, first, versions,
        unchecked, gone, closed, fences, marked);
  }

  @Override
  public void save(DataOutput out) throws IOException {
    for (var map : state()) {
      out.writeInt(map.size());
      for (var entry : map.entrySet()) {
        out.writeUTF(entry.getKey());
        out.writeLong(entry.getValue());
      }
    }
    out.writeInt(policies.size());
    for (var entry : policies.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeUTF(entry.getValue());
    }
  }

  @Override
  public void restore(DataInput in) throws IOException {
    for (var map : state()) {
      map.clear();
      for (int entries = in.readInt(); entries > 0; entries--) {
        map.put(in.readUTF(), in.readLong());
      }
    }
    policies.clear();
    for (int entries = in.readInt(); entries > 0; entries--) {
      policies.put(in.readUTF(), in.readUTF());
    }
  }
}
