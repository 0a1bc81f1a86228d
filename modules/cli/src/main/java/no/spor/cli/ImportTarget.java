package no.spor.cli;

import java.util.List;

/// Where an import goes to.
interface ImportTarget extends AutoCloseable {
  /// @return the ledger's id: what an interrupted import remembers holds for this ledger only
  String ledger();

  /// Sends lines, each an event, and returns when each has its answer. Thread-safe.
  ///
  /// @throws CommandFailedException where there is no use in going on
  List<Answer> send(List<byte[]> lines);

  /// Waits until what was recorded can be found, where nobody else would see to it.
  default void finish() throws InterruptedException {}

  /// One line's answer.
  sealed interface Answer {
    record Recorded(long position, boolean duplicate) implements Answer {}

    record Rejected(String slug, String detail) implements Answer {}
  }

  @Override
  void close();
}
