package no.spor.ledger.witness;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import no.spor.ledger.note.NoteKey;
import no.spor.ledger.note.NoteVerifier;

/// A witness that is a process of its own, to be killed.
final class WitnessProcess implements AutoCloseable {
  private final Process process;
  private final Path out;

  private WitnessProcess(Process process, Path out) {
    this.process = process;
    this.out = out;
  }

  static WitnessProcess start(Path folder, NoteVerifier log) throws Exception {
    Path out = Files.createTempFile(folder, "witness", ".out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                WitnessProcess.class.getName(),
                folder.resolve("w").toString(),
                log.vkey())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    return new WitnessProcess(process, out);
  }

  String[] said() throws Exception {
    for (int i = 0; i < 1200; i++) {
      String text = Files.readString(out);
      if (text.endsWith("ready\n")) {
        return text.split("\n");
      }
      Thread.sleep(50);
    }
    throw new AssertionError("the witness does not start: " + Files.readString(out));
  }

  /// As `kill -9` does.
  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  public static void main(String[] arguments) throws Exception {
    WitnessFolder folder = WitnessFolder.open(Path.of(arguments[0]));
    NoteKey key = folder.key(null, new SecureRandom());
    Witness witness =
        new Witness(
            List.of(NoteVerifier.of(arguments[1])), folder, key.signer(InstantSource.system()));
    WitnessServer server =
        WitnessServer.start(witness, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    System.out.println(key.verifier().vkey());
    System.out.println(server.port());
    System.out.println("ready");
    Thread.currentThread().join();
  }
}
