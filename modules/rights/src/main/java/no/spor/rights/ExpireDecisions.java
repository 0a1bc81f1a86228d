package no.spor.rights;

import java.time.LocalDate;
import java.util.Map;
import java.util.UUID;
import no.spor.activity.EventIdentity;
import no.spor.rights.RightsEvent.PeriodExpired;
import no.spor.vault.PeriodId;
import org.axonframework.messaging.commandhandling.annotation.CommandHandler;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;

/// Records marks of expiry, each once, whoever records it: a mark's id follows from what it says,
/// and the ledger records an id once, for good, on whichever nodes it is said at the same time.
final class ExpireDecisions {
  /// @param firstKept first day kept
  record Mark(PeriodId.Series series, int firstKept) {}

  /// One mark, so that one that stands already is no obstacle to others.
  record Expire(Mark mark) {}

  @CommandHandler
  boolean handle(Expire command, EventAppender appender) {
    PeriodId.Series series = command.mark().series();
    String policy = Integer.toString(series.policyVersion());
    String before = LocalDate.ofEpochDay(command.mark().firstKept()).toString();
    EventIdentity mark =
        EventIdentity.of(
            series.tenant(), "expired", series.retention() + "/" + policy + "/" + before);
    appender.append(
        new GenericEventMessage(
            new UUID(mark.high(), mark.low()).toString(),
            new MessageType(RightsEvent.PERIOD_EXPIRED),
            new PeriodExpired(series.tenant(), series.retention(), policy, before),
            Map.of(),
            GenericEventMessage.clock.instant()));
    return true;
  }
}
