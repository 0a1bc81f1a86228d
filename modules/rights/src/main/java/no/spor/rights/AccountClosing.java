package no.spor.rights;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import no.spor.activity.EventIdentity;
import no.spor.activity.HeaderBody;
import no.spor.activity.Role;
import no.spor.ledger.LedgerRecord.RecordPart;
import no.spor.ledger.axon.Commands;
import no.spor.ledger.axon.Projection;
import no.spor.ledger.axon.StreamedRecord;
import no.spor.rights.RightsCommand.CloseAccount;
import no.spor.vault.Pseudonym;
import no.spor.vault.SealedPart;
import no.spor.vault.Vault;
import org.jspecify.annotations.Nullable;

/// Closes accounts: what classes `until-closed` hold of a person becomes unreadable, the history
/// stays. An event `account.closed` closes its subject's account, within moments of being recorded:
/// what is recorded for that account in these moments goes with it. [InactiveAccounts] closes those
/// of which nothing is recorded any more.
///
/// As a [Projection] it reads every record once, in order; where the key store cannot say whose
/// account it is, it stops there and tries again. Thread-safe.
public final class AccountClosing implements Projection {
  /// The processor's name.
  public static final String NAME = "account-closing";

  static final String INACTIVE = "inactive";
  static final String CLOSED = "closed";

  private static final String EVENT = "account.closed";
  private static final byte[] CLOSED_BYTES = EVENT.getBytes(StandardCharsets.US_ASCII);
  private static final String ADMINISTRATION = "spor";

  private final Supplier<Commands> commands;
  private final Vault vault;
  private final ErasureRegister register;

  /// @param commands asked for when they are needed: this is one of the processors beside them
  public AccountClosing(Supplier<Commands> commands, Vault vault, ErasureRegister register) {
    this.commands = commands;
    this.vault = vault;
    this.register = register;
  }

  /// Closes an account. Saying it again with the same job changes nothing.
  ///
  /// @param job the closing's id
  /// @param person the internal id
  /// @param reason `closed`, `inactive`
  public void close(UUID job, String tenant, UUID person, String reason) {
    if (register.find(job.toString(), one -> one.id).isEmpty()) {
      Objects.requireNonNull(
          commands
              .get()
              .send(
                  new CloseAccount(job.toString(), tenant, person.toString(), reason),
                  Decision.class));
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void apply(List<StreamedRecord> records, long from, long applied) {
    for (StreamedRecord record : records) {
      if (!record.record().stream().equals(ADMINISTRATION)
          && mayClose(record.record().body())
          && record.header().type().equals(EVENT)) {
        close(record);
      }
    }
  }

  private void close(StreamedRecord record) {
    HeaderBody header = record.header();
    EventIdentity identity = EventIdentity.of(header.tenant(), header.source(), header.id());
    List<RecordPart> parts = record.record().parts();
    for (int i = 0; i < parts.size(); i++) {
      if (header.roles().get(i) == Role.SUBJECT
          && parts.get(i) instanceof RecordPart.Kept(byte[] part)) {
        @Nullable Pseudonym pseudonym = SealedPart.pseudonymOf(part);
        if (pseudonym != null) {
          vault
              .owner(pseudonym)
              .filter(person -> person.account() != null)
              .ifPresent(person ->
                  close(
                      new UUID(identity.high(), identity.low()),
                      header.tenant(),
                      person.id(),
                      CLOSED));
        }
      }
    }
  }

  /// Most records are of other types: their headers need not be decoded.
  private static boolean mayClose(byte[] body) {
    int last = body.length - CLOSED_BYTES.length;
    for (int at = 0; at <= last; at++) {
      int matched = 0;
      while (matched < CLOSED_BYTES.length && body[at + matched] == CLOSED_BYTES[matched]) {
        matched++;
      }
      if (matched == CLOSED_BYTES.length) {
        return true;
      }
    }
    return false;
  }

  /// Nothing is kept here: what is closed stays closed.
  @Override
  public void clear() {}
}
