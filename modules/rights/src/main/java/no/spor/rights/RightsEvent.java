package no.spor.rights;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Map;
import no.spor.ledger.axon.FurtherParts;
import org.axonframework.eventsourcing.annotation.EventTag;
import org.axonframework.messaging.eventhandling.annotation.Event;
import org.jspecify.annotations.Nullable;

/// What happens to people's data: control records of the stream `spor`. Type and tags stand in
/// clear and are a format that the key store and a verifier without keys go by; the members of the
/// payload are sealed and are a format too: members are added, never renamed. Who it is about
/// stands in none of them, but as a lookup in parts of role `FENCE`. Times are RFC 3339.
sealed interface RightsEvent {
  String NAMESPACE = "spor";
  String TENANT = "tenant";
  String ERASURE = "erasure";
  String PERSON = "person";
  String PARTS = "parts";
  String STATEMENT = "statement";

  String PERSON_ERASED = "spor.person-erased";
  String ACCOUNT_CLOSED = "spor.account-closed";
  String PERSON_PERMITTED = "spor.person-permitted";
  String PERIOD_EXPIRED = "spor.period-expired";
  String LOSS_ACCEPTED = "spor.loss-accepted";

  /// @param erasure the request's id
  /// @param namespaces `account`, `visitor`: as what the person is to be erased, a fence for each
  /// @param subject position of the record, in the tenant's own stream, that holds the person's id;
  ///   null where the person was erased already
  /// @param receivedAt when the controller received the request
  /// @param by id of the API key on whose behalf it was done; null for the operator at the machine
  @JsonIgnoreProperties("furtherParts")
  @Event(namespace = NAMESPACE, name = "erasure-requested")
  record ErasureRequested(
      @EventTag(key = TENANT) String tenant,
      @EventTag(key = ERASURE) String erasure,
      List<String> namespaces,
      @Nullable Long subject,
      String basis,
      String receivedAt,
      String dueAt,
      @Nullable String by,
      @Nullable List<FurtherPart> furtherParts)
      implements RightsEvent, FurtherParts {
    @Override
    public String toString() {
      return "ErasureRequested[" + erasure + ", …]";
    }
  }

  @Event(namespace = NAMESPACE, name = "erasure-verified")
  record ErasureVerified(
      @EventTag(key = TENANT) String tenant,
      @EventTag(key = ERASURE) String erasure,
      String identityVerifiedBy,
      @Nullable String by)
      implements RightsEvent {
    @Override
    public String toString() {
      return "ErasureVerified[" + erasure + ", …]";
    }
  }

  /// @param role the role of whoever approved
  /// @param checkpoint the last checkpoint before the erasure, a signed note; null for none
  @Event(namespace = NAMESPACE, name = "erasure-approved")
  record ErasureApproved(
      @EventTag(key = TENANT) String tenant,
      @EventTag(key = ERASURE) String erasure,
      String role,
      @Nullable String checkpoint,
      @Nullable String by)
      implements RightsEvent {}

  @Event(namespace = NAMESPACE, name = "erasure-rejected")
  record ErasureRejected(
      @EventTag(key = TENANT) String tenant,
      @EventTag(key = ERASURE) String erasure,
      String reason,
      @Nullable String by)
      implements RightsEvent {
    @Override
    public String toString() {
      return "ErasureRejected[" + erasure + ", …]";
    }
  }

  @Event(namespace = NAMESPACE, name = "erasure-extended")
  record ErasureExtended(
      @EventTag(key = TENANT) String tenant,
      @EventTag(key = ERASURE) String erasure,
      String until,
      String reason,
      @Nullable String by)
      implements RightsEvent {
    @Override
    public String toString() {
      return "ErasureExtended[" + erasure + ", …]";
    }
  }

  @Event(namespace = NAMESPACE, name = "erasure-held")
  record ErasureHeld(
      @EventTag(key = TENANT) String tenant,
      @EventTag(key = ERASURE) String erasure,
      String reason,
      @Nullable String by)
      implements RightsEvent {
    @Override
    public String toString() {
      return "ErasureHeld[" + erasure + ", …]";
    }
  }

  @Event(namespace = NAMESPACE, name = "erasure-released")
  record ErasureReleased(
      @EventTag(key = TENANT) String tenant,
      @EventTag(key = ERASURE) String erasure,
      @Nullable String by)
      implements RightsEvent {}

  /// The erasure. Without a fence the next visit is someone new.
  ///
  /// @param person the random internal id, by which alone keys are destroyed; null for someone
  ///   never seen
  @JsonIgnoreProperties("furtherParts")
  @Event(namespace = NAMESPACE, name = "person-erased")
  record PersonErased(
      @EventTag(key = TENANT) String tenant,
      @EventTag(key = ERASURE) String erasure,
      @EventTag(key = PERSON) @Nullable String person,
      @Nullable List<FurtherPart> furtherParts)
      implements RightsEvent, FurtherParts {
    @Override
    public String toString() {
      return "PersonErased[" + erasure + ", …]";
    }
  }

  /// The keys of a person's account are destroyed; the history stays.
  ///
  /// @param erasure the job's id
  /// @param reason `closed`, `inactive`
  @Event(namespace = NAMESPACE, name = "account-closed")
  record AccountClosed(
      @EventTag(key = TENANT) String tenant,
      @EventTag(key = ERASURE) String erasure,
      @EventTag(key = PERSON) String person,
      String reason)
      implements RightsEvent {
    @Override
    public String toString() {
      return "AccountClosed[" + erasure + ", …]";
    }
  }

  /// So many sealed parts are about to be dropped.
  ///
  /// @param events how many events they stand in
  /// @param copies how many of these tell of a copy outside, by type: of the person's data being
  ///   shown, disclosed, exported
  /// @param views how many rows of views led to these events
  @Event(namespace = NAMESPACE, name = "parts-counted")
  record PartsCounted(
      @EventTag(key = TENANT) String tenant,
      @EventTag(key = ERASURE) String erasure,
      @EventTag(key = PARTS) String parts,
      long events,
      Map<String, Long> copies,
      long views)
      implements RightsEvent {}

  /// The views are scrubbed, the parts dropped, caches expired on every node, and the erasure's
  /// record is under a published checkpoint.
  ///
  /// @param horizon until when an older copy of the keys could still open what was erased; null
  ///   where no rotation of epochs is planned
  /// @param statement hash of what the certificate states, hexadecimal; null where there is no
  ///   request
  @Event(namespace = NAMESPACE, name = "erasure-completed")
  record ErasureCompleted(
      @EventTag(key = TENANT) String tenant,
      @EventTag(key = ERASURE) String erasure,
      @Nullable String horizon,
      @EventTag(key = STATEMENT) @Nullable String statement)
      implements RightsEvent {}

  /// An erased person may be recorded anew.
  ///
  /// @param notBefore events before this stay refused
  @JsonIgnoreProperties("furtherParts")
  @Event(namespace = NAMESPACE, name = "person-permitted")
  record PersonPermitted(
      @EventTag(key = TENANT) String tenant,
      String notBefore,
      String reason,
      @Nullable String by,
      @Nullable List<FurtherPart> furtherParts)
      implements RightsEvent, FurtherParts {
    @Override
    public String toString() {
      return "PersonPermitted[" + tenant + ", …]";
    }
  }

  /// A mark of expiry: all days before it are over.
  ///
  /// @param before the first day kept, `yyyy-mm-dd`
  @Event(namespace = NAMESPACE, name = "period-expired")
  record PeriodExpired(
      @EventTag(key = TENANT) String tenant,
      @EventTag(key = "class") String retention,
      @EventTag(key = "policy") String policy,
      @EventTag(key = "before") String before)
      implements RightsEvent {}

  /// What a key store knew up to a generation is lost, and the operator says so.
  @Event(namespace = NAMESPACE, name = "loss-accepted")
  record LossAccepted(
      @EventTag(key = "store") String store,
      @EventTag(key = "generation") String generation,
      @Nullable String by)
      implements RightsEvent {}
}
