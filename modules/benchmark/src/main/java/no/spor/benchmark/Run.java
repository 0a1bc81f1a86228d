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
record Run(Path folder, Checkins checkins, int events, int warmUp) {
  static final int BATCH = 500;

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
