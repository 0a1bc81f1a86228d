package no.spor.recording;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import no.spor.activity.EventIdentity;
import no.spor.activity.HeaderBody;
import no.spor.activity.HeaderBodyCodec;
import no.spor.activity.RetentionClass;
import no.spor.ledger.LedgerFormat;
import no.spor.recording.Slices.Slice;
import no.spor.recording.Splitter.Split;
import no.spor.tenancy.Access;
import no.spor.vault.SealRequest.PlainPart;
import org.jspecify.annotations.Nullable;

/// Makes what can be sealed and appended out of what came in, one event after the other, for one
/// request at one moment. Not thread-safe.
final class Preparation implements AutoCloseable {
  static final int MAX_EVENT_BYTES = 256 << 10;

  private static final List<String> DATA = List.of("data");
  private static final Duration MAX_AHEAD = Duration.ofMinutes(5);

  private final @Nullable Access access;
  private final Instant now;
  private final Instant latest;
  private final Function<String, Optional<TenantPlans>> plans;
  private final Map<String, Optional<TenantPlans>> known = new HashMap<>();
  private final JsonReader reader = new JsonReader();
  private final Splitter splitter = new Splitter();
  private final EventIdentity.Maker identities = new EventIdentity.Maker();

  /// @param access who sends; null for Spor itself
  /// @param plans by tenant
  Preparation(@Nullable Access access, Instant now, Function<String, Optional<TenantPlans>> plans) {
    this.access = access;
    this.now = now;
    this.latest = now.plus(MAX_AHEAD);
    this.plans = plans;
  }

  /// An event that is in order.
  ///
  /// @param parts in clear, in the order of the header's roles
  /// @param expired whether its retention is over already: then its parts are discarded
  record Prepared(
      EventIdentity identity,
      HeaderBody header,
      byte[] body,
      RetentionClass retention,
      List<PlainPart> parts,
      boolean expired) {
    @Override
    public String toString() {
      return "Prepared[…]";
    }
  }

  @Override
  public void close() {
    reader.close();
  }

  Prepared prepare(Slice slice) throws RefusedEventException {
    if (slice.length() > MAX_EVENT_BYTES) {
      throw new RefusedEventException(Problems.EVENT_TOO_LARGE);
    }
    JsonDocument document = reader.read(slice.bytes(), slice.from(), slice.to());
    if (slice.data() >= 0) {
      checkDataIsWhole(slice, document);
    }
    CloudEvent event = CloudEvent.read(document);
    if (event.time().isAfter(latest)) {
      throw new RefusedEventException(Problems.TIME_IN_FUTURE);
    }
    String tenant = tenant(event);
    TenantPlans catalogue =
        known
            .computeIfAbsent(tenant, plans)
            .orElseThrow(() -> new RefusedEventException(Problems.NO_SUCH_TENANT));
    if (access != null && TenantPlans.reserved(event.source(), event.type())) {
      throw new RefusedEventException(Problems.RESERVED_EVENT);
    }
    TypePlan plan = catalogue.of(event.type());
    if (plan == null) {
      throw new RefusedEventException(Problems.UNKNOWN_EVENT_TYPE);
    }
    Split split = splitter.split(document, event.data(), plan, event.sealed());
    return prepared(event, tenant, catalogue, plan.retention(), split);
  }

  private Prepared prepared(
      CloudEvent event, String tenant, TenantPlans catalogue, RetentionClass retention, Split split)
      throws RefusedEventException {
    HeaderBody header =
        new HeaderBody(
            event.id(),
            event.source(),
            event.type(),
            event.time(),
            tenant,
            retention.name(),
            retention.policyVersion(),
            catalogue.catalogue().version(),
            split.roles(),
            split.facets(),
            List.of());
    byte[] body = HeaderBodyCodec.encode(header);
    int stream = tenant.getBytes(StandardCharsets.UTF_8).length;
    if (LedgerFormat.FIXED_HEADER_BYTES + stream + body.length > LedgerFormat.MAX_HEADER_BYTES) {
      throw new RefusedEventException(Problems.CLEAR_FIELDS_TOO_LARGE);
    }
    return new Prepared(
        identities.of(tenant, event.source(), event.id()),
        header,
        body,
        retention,
        split.parts(),
        retention.expired(event.time(), now));
  }

  /// In binary mode the data must be one value, not the rest of an event.
  private static void checkDataIsWhole(Slice slice, JsonDocument document)
      throws RefusedEventException {
    int data = document.find(0, DATA);
    int last = slice.to() - 1;
    int first = Slices.skipBlank(slice.bytes(), slice.data(), last);
    boolean whole =
        data > 0
            && document.start(data) == first
            && Slices.skipBlank(slice.bytes(), document.end(data), last) == last;
    if (!whole) {
      throw new RefusedEventException(Problems.MALFORMED_JSON);
    }
  }

  private String tenant(CloudEvent event) throws RefusedEventException {
    String named = event.tenant();
    String own = access == null ? null : access.tenant();
    if (named == null && own == null) {
      throw new RefusedEventException(Problems.missing("tenant"));
    }
    if (named != null && own != null && !named.equals(own)) {
      throw new RefusedEventException(Problems.NO_SUCH_TENANT);
    }
    return named != null ? named : String.valueOf(own);
  }
}
