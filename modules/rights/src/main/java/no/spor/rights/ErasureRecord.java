package no.spor.rights;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import no.spor.rights.ErasureRequest.State;
import no.spor.rights.RightsEvent.AccountClosed;
import no.spor.rights.RightsEvent.ErasureApproved;
import no.spor.rights.RightsEvent.ErasureCompleted;
import no.spor.rights.RightsEvent.ErasureExtended;
import no.spor.rights.RightsEvent.ErasureHeld;
import no.spor.rights.RightsEvent.ErasureRejected;
import no.spor.rights.RightsEvent.ErasureReleased;
import no.spor.rights.RightsEvent.ErasureRequested;
import no.spor.rights.RightsEvent.ErasureVerified;
import no.spor.rights.RightsEvent.PartsCounted;
import no.spor.rights.RightsEvent.PersonErased;
import org.jspecify.annotations.Nullable;

/// One erasure, as its events make it: a request's, or the job of an account's closing. Not
/// thread-safe.
final class ErasureRecord {
  final String id;
  String tenant = "";
  boolean request;
  List<String> namespaces = List.of();
  @Nullable Long subject;
  String basis = "";
  Instant receivedAt = Instant.EPOCH;
  Instant dueAt = Instant.EPOCH;
  Instant recordedAt = Instant.EPOCH;
  long requestedAtPosition = -1;
  @Nullable String identityVerifiedBy;
  @Nullable String held;
  @Nullable String extended;
  @Nullable String rejected;
  @Nullable String approvedAs;
  @Nullable String checkpoint;
  @Nullable Instant erasedAt;

  /// Of the record that destroys: the first where there are two.
  long position = -1;

  /// Of the last of them.
  long lastPosition = -1;

  @Nullable PartsCounted counted;
  @Nullable ErasureCompleted completion;
  @Nullable Instant completedAt;
  long completedAtPosition = -1;

  ErasureRecord(String id) {
    this.id = id;
  }

  boolean exists() {
    return !tenant.isEmpty();
  }

  /// @param at when it was recorded
  /// @param position where
  void apply(RightsEvent event, Instant at, long position) {
    switch (event) {
      case ErasureRequested requested -> {
        request = true;
        tenant = requested.tenant();
        namespaces = requested.namespaces();
        subject = requested.subject();
        basis = requested.basis();
        receivedAt = Instant.parse(requested.receivedAt());
        dueAt = Instant.parse(requested.dueAt());
        recordedAt = at;
        requestedAtPosition = position;
      }
      case ErasureVerified verified -> identityVerifiedBy = verified.identityVerifiedBy();
      case ErasureApproved approved -> {
        approvedAs = approved.role();
        checkpoint = approved.checkpoint();
      }
      case ErasureRejected refused -> rejected = refused.reason();
      case ErasureExtended more -> {
        dueAt = Instant.parse(more.until());
        extended = more.reason();
      }
      case ErasureHeld hold -> held = hold.reason();
      case ErasureReleased released -> held = null;
      case PersonErased erased -> destroyed(erased.tenant(), at, position);
      case AccountClosed closed -> destroyed(closed.tenant(), at, position);
      case PartsCounted parts -> counted = parts;
      case ErasureCompleted completed -> {
        completion = completed;
        completedAtPosition = position;
        completedAt = at;
      }
      default -> {
        // no erasure's
      }
    }
  }

  private void destroyed(String of, Instant at, long where) {
    tenant = of;
    erasedAt = erasedAt == null ? at : erasedAt;
    position = position < 0 ? where : position;
    lastPosition = where;
  }

  /// @param durable every control record below this position is in the key store
  State state(long durable) {
    if (completion != null) {
      return State.COMPLETED;
    }
    if (lastPosition >= 0) {
      return durable > lastPosition ? State.ERASED : State.APPROVED;
    }
    if (rejected != null) {
      return State.REJECTED;
    }
    return identityVerifiedBy == null ? State.RECEIVED : State.VERIFIED;
  }

  ErasureRequest view(long durable) {
    PartsCounted parts = counted;
    if (parts == null && completion != null) {
      parts = new PartsCounted(tenant, id, "0", 0, Map.of(), 0); // there was nobody
    }
    return new ErasureRequest(
        id,
        tenant,
        state(durable),
        basis,
        identityVerifiedBy,
        receivedAt,
        recordedAt,
        dueAt,
        held,
        extended,
        rejected,
        approvedAs,
        erasedAt,
        position < 0 ? null : position,
        parts == null ? null : parts.events(),
        parts == null ? null : Long.valueOf(parts.parts()),
        parts == null ? null : parts.views(),
        parts == null ? Map.of() : parts.copies(),
        completedAt);
  }
}
