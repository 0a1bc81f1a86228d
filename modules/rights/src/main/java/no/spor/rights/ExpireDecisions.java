package no.spor.rights;

import java.time.LocalDate;
import java.util.List;
import no.spor.rights.RightsEvent.PeriodExpired;
import no.spor.vault.PeriodId;
import org.axonframework.messaging.commandhandling.annotation.CommandHandler;
import org.axonframework.messaging.eventhandling.gateway.EventAppender;

/// Records marks of expiry. They are monotonic by what the key store does with them, so two nodes
/// may record the same.
final class ExpireDecisions {
  /// @param firstKept first day kept
  record Mark(PeriodId.Series series, int firstKept) {}

  record Expire(List<Mark> marks) {}

  @CommandHandler
  boolean handle(Expire command, EventAppender appender) {
    for (Mark mark : command.marks()) {
      appender.append(
          new PeriodExpired(
              mark.series().tenant(),
              mark.series().retention(),
              Integer.toString(mark.series().policyVersion()),
              LocalDate.ofEpochDay(mark.firstKept()).toString()));
    }
    return true;
  }
}
