package no.spor.rights;

import java.time.Instant;
import java.util.UUID;
import no.spor.vault.KeyStore.PersonRef;
import no.spor.vault.Lookup;
import no.spor.vault.PeriodId;
import org.jspecify.annotations.Nullable;

/// What one control record tells a key store to do. Does the same however often it is done, and is
/// done in the ledger's order.
sealed interface Forgetting {
  /// @param fence null to forget without one
  record Person(
      UUID job,
      String tenant,
      @Nullable UUID person,
      @Nullable Lookup fence,
      long position,
      Instant at)
      implements Forgetting {
    @Override
    public String toString() {
      return "Person[" + job + ", …]";
    }
  }

  record Account(UUID job, String tenant, UUID person, long position, Instant at)
      implements Forgetting {
    @Override
    public String toString() {
      return "Account[" + job + ", …]";
    }
  }

  record Permission(PersonRef person, long notBeforeMillis, long position) implements Forgetting {
    @Override
    public String toString() {
      return "Permission[…]";
    }
  }

  record Period(PeriodId.Series series, int firstKept) implements Forgetting {}

  record Loss(UUID store, long generation) implements Forgetting {}

  /// The ledger was restored on purpose.
  ///
  /// @param vkey under which it goes on
  /// @param followed what the key store had followed then; null where no more than there was
  record LedgerContinued(String vkey, @Nullable String followed, long position)
      implements Forgetting {}
}
