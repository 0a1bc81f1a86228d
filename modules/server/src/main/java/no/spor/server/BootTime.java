package no.spor.server;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import no.spor.rights.ClockEvidence.Machine;
import org.jspecify.annotations.Nullable;

/// How long the machine has been running, where its kernel (Linux) tells: a clock that somebody
/// sets does not change that.
final class BootTime {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path UPTIME = Path.of("/proc/uptime");

  private BootTime() {}

  /// @return null where nothing tells
  static @Nullable Machine read() {
    try {
      UUID boot = UUID.fromString(Files.readString(BOOT).strip());
      String seconds = Files.readString(UPTIME).split(" ")[0];
      return new Machine(
          boot.getMostSignificantBits() ^ boot.getLeastSignificantBits(),
          new BigDecimal(seconds).movePointRight(3).longValueExact());
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      return null;
    }
  }
}
