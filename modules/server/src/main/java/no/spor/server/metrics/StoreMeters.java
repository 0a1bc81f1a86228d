package no.spor.server.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import no.spor.server.SporSettings;
import org.springframework.stereotype.Component;

/// The files of the data directory, and the room that its disk has.
@Component
final class StoreMeters implements MeterBinder {
  private static final List<String> OF_EVERY_NODE = List.of("registry", "ids");
  private static final List<String> OF_FILES_ALONE =
      List.of("ledger", "keys", "checkpoints", "epochs", "views");
  private static final List<String> FILES_OF_A_STORE = List.of(".db", ".db-wal", ".db-shm");

  private final Path data;
  private final List<String> stores;

  StoreMeters(SporSettings settings) {
    data = settings.data();
    stores =
        settings.store().equals("mongodb")
            ? OF_EVERY_NODE
            : Stream.concat(OF_FILES_ALONE.stream(), OF_EVERY_NODE.stream()).toList();
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    for (String store : stores) {
      Gauge.builder("spor.store.bytes", data, folder -> bytes(folder, store))
          .description("size of the store's files")
          .tag("store", store)
          .register(meters);
    }
    Gauge.builder("spor.store.free.bytes", data, folder -> space(folder, true))
        .description("bytes that can still be written to the data directory's disk")
        .register(meters);
    Gauge.builder("spor.store.disk.bytes", data, folder -> space(folder, false))
        .description("size of the data directory's disk")
        .register(meters);
  }

  private static double bytes(Path data, String store) {
    try {
      Path folder = data.resolve(store);
      if (!Files.isDirectory(folder)) {
        long sum = 0;
        for (String ending : FILES_OF_A_STORE) {
          Path file = data.resolve(store + ending);
          sum += Files.exists(file) ? Files.size(file) : 0;
        }
        return sum;
      }
      try (Stream<Path> files = Files.list(folder)) {
        return files.mapToLong(file -> file.toFile().length()).sum();
      }
    } catch (IOException unreadable) {
      return Double.NaN;
    }
  }

  private static double space(Path data, boolean free) {
    try {
      var disk = Files.getFileStore(data);
      return free ? disk.getUsableSpace() : disk.getTotalSpace();
    } catch (IOException unreadable) {
      return Double.NaN;
    }
  }
}
