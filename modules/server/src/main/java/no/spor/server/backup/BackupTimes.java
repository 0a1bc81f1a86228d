package no.spor.server.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// When the stores of a data directory were last backed up (`backups.json` in it), for those who
/// watch over it.
public final class BackupTimes {
  private static final String FILE = "backups.json";

  private BackupTimes() {}

  /// @param store `ledger`, `keys` or `epochs`
  /// @return empty where there never was one, or nobody knows
  public static Optional<Instant> last(Path data, String store) {
    return read(data).path(store).asStringOpt().map(Instant::parse);
  }

  static void note(Path data, Instant time, String... stores) throws IOException {
    ObjectNode times = read(data);
    for (String store : stores) {
      times.put(store, time.toString());
    }
    Path fresh = data.resolve(FILE + ".fresh");
    BackupFolder.write(fresh, times.toPrettyString() + "\n");
    Files.move(
        fresh,
        data.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static ObjectNode read(Path data) {
    try {
      if (JsonMapper.shared().readTree(Files.readAllBytes(data.resolve(FILE)))
          instanceof ObjectNode times) {
        return times;
      }
    } catch (IOException | JacksonException none) {
      // As if there never had been a backup: that is what is said then.
    }
    return JsonMapper.shared().createObjectNode();
  }
}
