package no.spor.ledger.witness;

import java.util.List;
import no.spor.ledger.CheckpointStore.Published;
import no.spor.ledger.tree.PublishedHead;

/// What witnesses are to cosign: a published checkpoint, and how it continues earlier ones.
public interface Submission {

  Published published();

  /// @return the consistency proof (RFC 6962 §2.1.2) from an earlier size
  List<byte[]> proof(long oldSize);

  static Submission of(PublishedHead head) {
    return new Submission() {
      @Override
      public Published published() {
        return head.published();
      }

      @Override
      public List<byte[]> proof(long oldSize) {
        return head.tree().consistency(oldSize, head.size());
      }
    };
  }
}
