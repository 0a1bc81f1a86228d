package no.spor.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a run is given.
///
/// @param folder empty, on the disk that is measured; deleted afterwards
/// @param events how many to record
/// @param warmUp how many to record before, elsewhere
/// @param large the directory that scenarios share
/// @param largeEvents how many events are in it
/// @param home the project
record Run(
    Path folder,
    Checkins checkins,
    int events,
    int warmUp,
    Path large,
    int largeEvents,
    Path home) {
  static final int BATCH = 500;

  /// As many wait for an acknowledgement at a time, in Spor and in its peers.
  static final int CALLERS = 4;

  /// @return a new folder
  Path fresh(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @return bodies of the events to measure with
  List<byte[]> batches() {
    return checkins.batches(SporNode.TENANT, 0, events, BATCH);
  }

  List<byte[]> warmUpBatches() {
    return checkins.batches(SporNode.TENANT, 0, warmUp, BATCH);
  }
}
