package no.spor.rights;

import java.time.Instant;
import java.util.List;
import no.spor.rights.RightsCommand.Approve;
import no.spor.rights.RightsCommand.CloseAccount;
import no.spor.rights.RightsCommand.Complete;
import no.spor.rights.RightsCommand.CountParts;
import no.spor.rights.RightsCommand.CountUnclaimed;
import no.spor.rights.RightsCommand.Extend;
import no.spor.rights.RightsCommand.Hold;
import no.spor.rights.RightsCommand.Permit;
import no.spor.rights.RightsCommand.Receive;
import no.spor.rights.RightsCommand.Reject;
import no.spor.rights.RightsCommand.Release;
import no.spor.rights.RightsCommand.SayAgain;
import no.spor.rights.RightsCommand.Verify;
import no.spor.rights.RightsEvent.AccountClosed;
import no.spor.rights.RightsEvent.ErasureApproved;
import no.spor.rights.RightsEvent.ErasureCompleted;
import no.spor.rights.RightsEvent.ErasureExtended;
import no.spor.rights.RightsEvent.ErasureHeld;
import no.spor.rights.RightsEvent.ErasureRejected;
import no.spor.rights.RightsEvent.ErasureReleased;
import no.spor.rights.RightsEvent.ErasureVerified;
import no.spor.rights.RightsEvent.PartsCounted;
import no.spor.rights.RightsEvent.PersonErased;
import org.axonframework.messaging.commandhandling.annotation.CommandHandler;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;
import org.axonframework.modelling.annotation.InjectEntity;
import org.jspecify.annotations.Nullable;

/// Decides about erasures. To ask for what is so already changes nothing and is answered alike, so
/// that everything can be said again after a crash.
final class ErasureDecisions {
  private static final String OPERATOR = "operator";

  @CommandHandler
  Decision handle(Receive command, @InjectEntity ErasureEntity entity, EventAppender appender) {
    if (entity.record().exists()) {
      return Decision.UNCHANGED;
    }
    appender.append(command.event());
    if (command.identityVerifiedBy() != null) {
      appender.append(
          new ErasureVerified(
              command.event().tenant(),
              command.erasure(),
              command.identityVerifiedBy(),
              command.by()));
    }
    return Decision.CHANGED;
  }

  @CommandHandler
  Decision handle(Verify command, @InjectEntity ErasureEntity entity, EventAppender appender) {
    ErasureRecord record = entity.record();
    if (record.identityVerifiedBy != null) {
      return Decision.UNCHANGED;
    }
    if (record.rejected != null) {
      return rejected();
    }
    appender.append(
        new ErasureVerified(record.tenant, record.id, command.identityVerifiedBy(), command.by()));
    return Decision.CHANGED;
  }

  @CommandHandler
  Decision handle(Approve command, @InjectEntity ErasureEntity entity, EventAppender appender) {
    ErasureRecord record = entity.record();
    if (record.approvedAs != null) {
      return Decision.UNCHANGED;
    }
    if (record.rejected != null) {
      return rejected();
    }
    if (record.identityVerifiedBy == null) {
      return Decision.refused(
          "identity-not-verified",
          "First establish who asks, and say so with \"identityVerifiedBy\".");
    }
    if (record.held != null) {
      return Decision.refused(
          "legal-hold", "A legal hold keeps this request from being approved: release it first.");
    }
    appender.append(
        new ErasureApproved(
            record.tenant, record.id, command.role(), command.checkpoint(), command.by()));
    command.erasures().forEach(appender::append);
    return Decision.CHANGED;
  }

  @CommandHandler
  Decision handle(Reject command, @InjectEntity ErasureEntity entity, EventAppender appender) {
    ErasureRecord record = entity.record();
    if (record.rejected != null) {
      return Decision.UNCHANGED;
    }
    Decision closed = closed(record);
    if (closed == null) {
      appender.append(
          new ErasureRejected(record.tenant, record.id, command.reason(), command.by()));
    }
    return closed == null ? Decision.CHANGED : closed;
  }

  @CommandHandler
  Decision handle(Extend command, @InjectEntity ErasureEntity entity, EventAppender appender) {
    ErasureRecord record = entity.record();
    Decision closed = closed(record);
    if (closed != null) {
      return closed;
    }
    Instant until = Instant.parse(command.until());
    if (until.equals(record.dueAt) && record.extended != null) {
      return Decision.UNCHANGED;
    }
    Instant latest = Deadline.latest(record.receivedAt);
    if (!until.isAfter(record.dueAt) || until.isAfter(latest)) {
      return Decision.refused(
          "extension-out-of-bounds",
          "An extension ends after %s and not after %s: two further months (GDPR Art. 12(3))."
              .formatted(record.dueAt, latest));
    }
    appender.append(
        new ErasureExtended(
            record.tenant, record.id, until.toString(), command.reason(), command.by()));
    return Decision.CHANGED;
  }

  @CommandHandler
  Decision handle(Hold command, @InjectEntity ErasureEntity entity, EventAppender appender) {
    ErasureRecord record = entity.record();
    Decision closed = closed(record);
    if (closed != null || record.held != null) {
      return closed != null ? closed : Decision.UNCHANGED;
    }
    appender.append(new ErasureHeld(record.tenant, record.id, command.reason(), command.by()));
    return Decision.CHANGED;
  }

  @CommandHandler
  Decision handle(Release command, @InjectEntity ErasureEntity entity, EventAppender appender) {
    ErasureRecord record = entity.record();
    if (record.held == null) {
      return Decision.UNCHANGED;
    }
    appender.append(new ErasureReleased(record.tenant, record.id, command.by()));
    return Decision.CHANGED;
  }

  @CommandHandler
  Decision handle(
      CloseAccount command, @InjectEntity ErasureEntity entity, EventAppender appender) {
    if (entity.record().exists()) {
      return Decision.UNCHANGED;
    }
    appender.append(
        new AccountClosed(command.tenant(), command.erasure(), command.person(), command.reason()));
    return Decision.CHANGED;
  }

  /// A request of which the ledger has lost how it was decided was approved, for it was carried
  /// out.
  @CommandHandler
  Decision handle(SayAgain command, @InjectEntity ErasureEntity entity, EventAppender appender) {
    ErasureRecord record = entity.record();
    if (record.lastPosition >= 0) {
      return Decision.UNCHANGED;
    }
    if (record.request && record.approvedAs == null) {
      appender.append(new ErasureApproved(record.tenant, record.id, OPERATOR, null, null));
    }
    command.erasures().forEach(appender::append);
    if (command.closed() != null) {
      appender.append(
          new AccountClosed(
              command.tenant(), command.erasure(), command.closed(), AccountClosing.CLOSED));
    }
    return Decision.CHANGED;
  }

  @CommandHandler
  Decision handle(CountParts command, @InjectEntity ErasureEntity entity, EventAppender appender) {
    ErasureRecord record = entity.record();
    if (record.counted != null) {
      return Decision.UNCHANGED;
    }
    appender.append(counted(record.tenant, record.id, command.found(), command.views()));
    return Decision.CHANGED;
  }

  @CommandHandler
  Decision handle(
      CountUnclaimed command, @InjectEntity ErasureEntity entity, EventAppender appender) {
    String id = command.erasure();
    if (entity.record().exists()) {
      return Decision.UNCHANGED;
    }
    appender.append(new PersonErased(command.tenant(), id, null, List.of()));
    appender.append(counted(command.tenant(), id, command.found(), command.views()));
    return Decision.CHANGED;
  }

  private static PartsCounted counted(String tenant, String id, PartsFound found, long views) {
    return new PartsCounted(
        tenant, id, Long.toString(found.parts()), found.events(), found.copies(), views);
  }

  @CommandHandler
  Decision handle(Complete command, @InjectEntity ErasureEntity entity, EventAppender appender) {
    ErasureRecord record = entity.record();
    if (record.completion != null) {
      return Decision.UNCHANGED;
    }
    appender.append(
        new ErasureCompleted(record.tenant, record.id, command.horizon(), command.statement()));
    return Decision.CHANGED;
  }

  @CommandHandler
  Decision handle(Permit command, EventAppender appender) {
    appender.append(command.event());
    return Decision.CHANGED;
  }

  private static @Nullable Decision closed(ErasureRecord record) {
    if (record.approvedAs != null) {
      return Decision.refused("request-approved", "The request is approved: it is carried out.");
    }
    return record.rejected == null ? null : rejected();
  }

  private static Decision rejected() {
    return Decision.refused("request-rejected", "The request was rejected; a new one can be made.");
  }
}
