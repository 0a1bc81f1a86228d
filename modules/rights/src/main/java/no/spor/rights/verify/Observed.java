package no.spor.rights.verify;

import java.util.Map;
import no.spor.ledger.LedgerRecord;
import org.jspecify.annotations.Nullable;

/// What one record adds to what a history is judged by.
sealed interface Observed {
  long block();

  long position();

  /// Parts of a policy version of a class lie under labels with a day, or without.
  record Labelled(
      String tenant, String retention, int version, boolean dated, long block, long position)
      implements Observed {}

  /// A part that is not there.
  ///
  /// @param discarded on arrival; else dropped since
  /// @param dated whether its label has a day: whether its class ever expires
  record Missing(
      String tenant,
      String retention,
      int version,
      int day,
      int role,
      boolean discarded,
      boolean dated,
      long recordedAtMillis,
      long block,
      long position,
      int part)
      implements Observed {}

  /// A control record.
  ///
  /// @param tags null where a key has several values
  /// @param fence whether a part of it holds a fence
  /// @param record with its payload, where somebody can open it
  record Control(
      String type,
      @Nullable Map<String, String> tags,
      boolean fence,
      @Nullable LedgerRecord record,
      long block,
      long position)
      implements Observed {}
}
