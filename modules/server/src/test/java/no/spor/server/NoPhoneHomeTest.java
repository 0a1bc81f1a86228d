package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The server calls nobody: no update check, no telemetry, no exporter.
@Tag("once")
class NoPhoneHomeTest {
  private static final Path SELF = Path.of("/proc/self");

  @TempDir Path data;

  /// Looks at the sockets of this process in the kernel's table, all the while.
  @Test
  void aServerThatStartsWorksAndStopsOpensNoConnectionToAnyoneElse() throws Exception {
    assumeThat(Files.isReadable(SELF.resolve("net/tcp")))
        .as("skipped: there is no /proc/self/net/tcp here")
        .isTrue();
    Set<String> outward = new HashSet<>();
    Thread watching =
        Thread.ofPlatform()
            .start(() -> {
              while (!Thread.currentThread().isInterrupted()) {
                outward.addAll(outward());
                try {
                  Thread.sleep(10);
                } catch (InterruptedException end) {
                  return;
                }
              }
            });
    try (RunningSpor spor = RunningSpor.on(data)) {
      Load load = new Load(spor);
      for (int i = 0; i < 10; i++) {
        load.run(5);
        load.refused();
        Thread.sleep(100);
      }
    } finally {
      watching.interrupt();
      watching.join();
    }
    assertThat(outward).isEmpty();
  }

  /// @return remote ends of this process' sockets that are not on this machine
  private static Set<String> outward() {
    Set<String> found = new HashSet<>();
    try {
      Set<String> own = inodes();
      for (String table : List.of("net/tcp", "net/tcp6", "net/udp", "net/udp6")) {
        for (String line : lines(SELF.resolve(table))) {
          String[] columns = line.strip().split("\\s+");
          if (columns.length > 9 && own.contains(columns[9]) && !local(columns[2])) {
            found.add(table + " " + columns[2]);
          }
        }
      }
    } catch (IOException gone) {
      // A descriptor was closed while it was looked at; the next look is soon.
    }
    return found;
  }

  /// @param end address and port, hexadecimal, the address in host order by words
  private static boolean local(String end) {
    String address = end.substring(0, end.indexOf(':'));
    return address.matches("0+")
        || address.equals("0100007F")
        || address.equals("00000000000000000000000001000000")
        || address.equals("0000000000000000FFFF00000100007F");
  }

  private static Set<String> inodes() throws IOException {
    Set<String> inodes = new HashSet<>();
    List<Path> descriptors = new ArrayList<>();
    try (Stream<Path> all = Files.list(SELF.resolve("fd"))) {
      all.forEach(descriptors::add);
    }
    for (Path descriptor : descriptors) {
      try {
        String target = Files.readSymbolicLink(descriptor).toString();
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring(8, target.length() - 1));
        }
      } catch (IOException closed) {
        // It is gone: no connection.
      }
    }
    return inodes;
  }

  private static List<String> lines(Path table) throws IOException {
    return Files.exists(table) ? Files.readAllLines(table) : List.of();
  }
}
