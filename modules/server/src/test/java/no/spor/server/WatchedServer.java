package no.spor.server;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.util.Set;
import no.spor.activity.PersonId.Namespace;
import no.spor.rights.ErasureRequests;
import no.spor.tenancy.AccessRole;

/// A server in a process of its own that betrays its keys: whatever 32 bytes anybody draws from the
/// random generator are written to a file. Told what to do line by line, answers each with a line.
final class WatchedServer {
  private WatchedServer() {}

  public static void main(String[] arguments) throws Exception {
    Security.insertProviderAt(new Betraying(Path.of(arguments[1])), 1);
    try (RunningSpor spor = RunningSpor.on(Path.of(arguments[0]))) {
      spor.node().tenancy().createTenant("bygg-as", "Bygg AS");
      say(
          spor.port()
              + " "
              + spor.key(AccessRole.EMITTER, "bygg-as")
              + " "
              + spor.key(AccessRole.OFFICER, "bygg-as"));
      for (String line = line(); !line.isEmpty(); line = line()) {
        carryOut(spor.node(), line);
        say("done");
      }
    }
  }

  private static void carryOut(Node node, String line) throws IOException {
    String what = line.substring(line.indexOf(' ') + 1);
    switch (line.substring(0, line.indexOf(' '))) {
      case "erase" -> {
        ErasureRequests erasures = node.erasureRequests();
        String id =
            erasures
                .receive(
                    null,
                    new ErasureRequests.NewRequest(
                        "bygg-as", what, Set.of(Namespace.ACCOUNT), "Art. 17", null, "a test"))
                .id();
        erasures.approve(null, id);
        while (erasures.find(id).orElseThrow().parts() == null) {
          Thread.onSpinWait();
        }
      }
      case "shorten" -> {
        node.tenancy().putCatalogue("bygg-as", "retention: { session: " + what + " }");
        while (node.upkeep().retention().run(false).late()) {
          Thread.onSpinWait();
        }
      }
      case "dump" -> {
        System.gc();
        Files.deleteIfExists(Path.of(what));
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(what, true);
      }
      default -> throw new IllegalArgumentException("no such order");
    }
  }

  private static void say(String line) {
    System.out.println("> " + line);
    System.out.flush();
  }

  /// Byte by byte into an array that is wiped: no buffer keeps what was said.
  private static String line() throws IOException {
    InputStream in = new java.io.FileInputStream(java.io.FileDescriptor.in);
    byte[] bytes = new byte[500];
    int length = 0;
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      bytes[length++] = (byte) next;
    }
    String line = new String(bytes, 0, length, StandardCharsets.UTF_8);
    java.util.Arrays.fill(bytes, (byte) 0);
    return line;
  }

  private static final class Betraying extends Provider {
    private static final long serialVersionUID = 1L;
    private static FileOutputStream betrayed;

    Betraying(Path file) throws IOException {
      super("Betraying", "1", "tells what it draws");
      betrayed = new FileOutputStream(file.toFile());
      put("SecureRandom.Betraying", Generator.class.getName());
    }
  }

  /// What the provider hands out.
  public static final class Generator extends SecureRandomSpi {
    private static final long serialVersionUID = 1L;
    private final transient SecureRandom sound;

    public Generator() throws NoSuchAlgorithmException {
      sound = SecureRandom.getInstance("NativePRNGNonBlocking");
    }

    @Override
    protected void engineSetSeed(byte[] seed) {}

    @Override
    protected void engineNextBytes(byte[] bytes) {
      sound.nextBytes(bytes);
      if (bytes.length == 32) {
        try {
          Betraying.betrayed.write(bytes);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }

    @Override
    protected byte[] engineGenerateSeed(int length) {
      return sound.generateSeed(length);
    }
  }
}
