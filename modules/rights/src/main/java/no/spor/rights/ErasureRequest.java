package no.spor.rights;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An erasure request as it stands. Holds nothing of who it is about.
///
/// @param receivedAt when the controller received it: the deadline counts from here
/// @param recordedAt when it was told to this system
/// @param held why a legal hold keeps it from being approved; null for none
/// @param extended why there is more time; null for the ordinary month
/// @param rejected why it was refused; null unless rejected
/// @param approvedAs role of whoever approved it
/// @param erasedAt when the erasure was recorded: keys are gone from that moment on in this node
/// @param position the ledger's position of the erasure's record
/// @param events how many events had a part of the person; null until they are counted
/// @param parts how many sealed parts were the person's
/// @param views how many rows of views led to the person's events
/// @param copies what is known of copies outside, by type of the event that told of them: how often
///   the person's data was shown, disclosed, exported. What those made of it is not known
public record ErasureRequest(
    String id,
    String tenant,
    State state,
    String basis,
    @Nullable String identityVerifiedBy,
    Instant receivedAt,
    Instant recordedAt,
    Instant dueAt,
    @Nullable String held,
    @Nullable String extended,
    @Nullable String rejected,
    @Nullable String approvedAs,
    @Nullable Instant erasedAt,
    @Nullable Long position,
    @Nullable Long events,
    @Nullable Long parts,
    @Nullable Long views,
    Map<String, Long> copies,
    @Nullable Instant completedAt) {

  /// Where it stands.
  public enum State {
    RECEIVED("received"),
    VERIFIED("verified"),
    /// Recorded; the key store is being written.
    APPROVED("approved"),
    REJECTED("rejected"),
    /// The keys are gone.
    ERASED("erased"),
    /// Views are scrubbed, parts dropped, caches expired on every node, the record is under a
    /// published checkpoint.
    COMPLETED("completed");

    private final String label;

    State(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }

    /// @throws IllegalArgumentException for no state's label
    public static State ofLabel(String label) {
      for (State state : values()) {
        if (state.label.equals(label)) {
          return state;
        }
      }
      throw new IllegalArgumentException("no state of a request");
    }
  }

  @Override
  public String toString() {
    return "ErasureRequest[" + id + ", " + state + "]";
  }
}
