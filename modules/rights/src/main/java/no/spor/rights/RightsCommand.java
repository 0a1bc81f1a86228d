package no.spor.rights;

import java.util.List;
import no.spor.rights.RightsEvent.ErasureRequested;
import no.spor.rights.RightsEvent.PersonErased;
import no.spor.rights.RightsEvent.PersonPermitted;
import org.axonframework.modelling.annotation.TargetEntityId;
import org.jspecify.annotations.Nullable;

/// What is asked of [ErasureDecisions]. One erasure a command.
sealed interface RightsCommand {
  record Receive(
      @TargetEntityId String erasure,
      ErasureRequested event,
      @Nullable String identityVerifiedBy,
      @Nullable String by)
      implements RightsCommand {
    @Override
    public String toString() {
      return "Receive[" + erasure + "]";
    }
  }

  record Verify(@TargetEntityId String erasure, String identityVerifiedBy, @Nullable String by)
      implements RightsCommand {
    @Override
    public String toString() {
      return "Verify[" + erasure + "]";
    }
  }

  /// @param checkpoint see [ErasureApproved]
  /// @param erasures what the erasure's records say, decided on the key store as it is
  record Approve(
      @TargetEntityId String erasure,
      String role,
      @Nullable String checkpoint,
      List<PersonErased> erasures,
      @Nullable String by)
      implements RightsCommand {
    @Override
    public String toString() {
      return "Approve[" + erasure + "]";
    }
  }

  record Reject(@TargetEntityId String erasure, String reason, @Nullable String by)
      implements RightsCommand {
    @Override
    public String toString() {
      return "Reject[" + erasure + "]";
    }
  }

  /// @param until RFC 3339
  record Extend(@TargetEntityId String erasure, String until, String reason, @Nullable String by)
      implements RightsCommand {
    @Override
    public String toString() {
      return "Extend[" + erasure + "]";
    }
  }

  record Hold(@TargetEntityId String erasure, String reason, @Nullable String by)
      implements RightsCommand {
    @Override
    public String toString() {
      return "Hold[" + erasure + "]";
    }
  }

  record Release(@TargetEntityId String erasure, @Nullable String by) implements RightsCommand {}

  record CloseAccount(@TargetEntityId String erasure, String tenant, String person, String reason)
      implements RightsCommand {
    @Override
    public String toString() {
      return "CloseAccount[" + erasure + "]";
    }
  }

  /// Says again what the ledger said before it was put back.
  ///
  /// @param erasures empty where it is an account's closing
  /// @param closed whose account; null where it is none
  record SayAgain(
      @TargetEntityId String erasure,
      String tenant,
      List<PersonErased> erasures,
      @Nullable String closed)
      implements RightsCommand {
    @Override
    public String toString() {
      return "SayAgain[" + erasure + "]";
    }
  }

  record CountParts(@TargetEntityId String erasure, PartsFound found, long views)
      implements RightsCommand {}

  /// Counts parts that are nobody's any more as an erasure of their own: what a ledger that was put
  /// back brought back of people who were erased in the history that is lost.
  record CountUnclaimed(@TargetEntityId String erasure, String tenant, PartsFound found, long views)
      implements RightsCommand {}

  record Complete(
      @TargetEntityId String erasure, @Nullable String horizon, @Nullable String statement)
      implements RightsCommand {}

  record Permit(PersonPermitted event) implements RightsCommand {
    @Override
    public String toString() {
      return "Permit[…]";
    }
  }
}
