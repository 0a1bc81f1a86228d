package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// TLS with certificates that change while the server runs.
@Tag("once")
class TlsTest {
  @TempDir Path folder;
  private Path certificate;
  private Path key;
  private static MadeCertificate first;
  private static MadeCertificate second;

  @BeforeAll
  static void make(@TempDir Path made) throws Exception {
    first = MadeCertificate.of("first", made);
    second = MadeCertificate.of("second", made);
  }

  @BeforeEach
  void write() throws IOException {
    certificate = folder.resolve("tls.crt");
    key = folder.resolve("tls.key");
    write(folder, first);
  }

  @Test
  void newConnectionsGetTheNewCertificateAndOldOnesGoOn() throws Exception {
    try (RunningSpor spor = running(certificate, key);
        CapturedLog log = new CapturedLog();
        SSLSocket old = connect(spor.port(), "TLSv1.3")) {
      assertThat(name(old)).isEqualTo("CN=first");
      assertThat(get(old, "/actuator/health/liveness"))
          .contains("200", "Strict-Transport-Security: max-age=31536000");
      assertThat(get(old, "/actuator/prometheus")).contains("ssl_chain_expiry_seconds{");

      write(folder, second);
      awaitName(spor.port(), "CN=second");
      assertThat(get(old, "/actuator/health/liveness")).contains("200");

      Files.writeString(certificate, "no certificate at all");
      awaitLine(log, "ssl", "bundle");
      try (SSLSocket another = connect(spor.port(), "TLSv1.2")) {
        assertThat(name(another)).isEqualTo("CN=second");
      }
      write(folder, first);
      awaitName(spor.port(), "CN=first");
    }
  }

  /// As Kubernetes mounts a secret: names that lead through a link, which is replaced.
  @Test
  void aCertificateBehindALinkThatIsReplacedIsTakenToo() throws Exception {
    Path mount = Files.createDirectories(folder.resolve("mount"));
    write(Files.createDirectories(mount.resolve("..one")), first);
    write(Files.createDirectories(mount.resolve("..two")), second);
    Files.createSymbolicLink(mount.resolve("..data"), Path.of("..one"));
    Files.createSymbolicLink(mount.resolve("tls.crt"), Path.of("..data", "tls.crt"));
    Files.createSymbolicLink(mount.resolve("tls.key"), Path.of("..data", "tls.key"));
    try (RunningSpor spor = running(mount.resolve("tls.crt"), mount.resolve("tls.key"))) {
      awaitName(spor.port(), "CN=first");
      Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..two"));
      Files.move(
          mount.resolve("..data_tmp"),
          mount.resolve("..data"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      awaitName(spor.port(), "CN=second");
      assertThatThrownBy(() -> connect(spor.port(), "TLSv1.1").close())
          .isInstanceOf(SSLException.class);
      try (RawConnection plain = new RawConnection(spor.port())) {
        assertThat(plain.send("GET /v1/keys HTTP/1.1\r\nHost: x\r\n\r\n").end().everything())
            .doesNotContain("401", "key-missing");
      }
    }
  }

  @Test
  void halfOfTheSettingsOrAFileThatIsNotThereIsSaidInASentence() {
    assertThatThrownBy(() -> RunningSpor.on(folder, "--spor.tls.key=" + key).close())
        .isInstanceOf(IllegalSettingException.class)
        .hasMessageContaining("TLS needs both");
    assertThatThrownBy(() -> running(certificate, folder.resolve("missing")).close())
        .isInstanceOf(IllegalSettingException.class)
        .hasMessageContaining("missing cannot be read");
  }

  private RunningSpor running(Path certificateFile, Path keyFile) {
    return RunningSpor.on(
        folder.resolve("data"),
        "--spor.tls.certificate=" + certificateFile,
        "--spor.tls.key=" + keyFile);
  }

  private static void write(Path where, MadeCertificate made) throws IOException {
    Files.writeString(where.resolve("tls.crt"), made.certificate());
    Files.writeString(where.resolve("tls.key"), made.key());
  }

  private static void awaitName(int port, String wanted) throws Exception {
    String seen = "";
    for (long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        System.nanoTime() < end && !seen.equals(wanted);
        Thread.sleep(50)) {
      try (SSLSocket socket = connect(port, "TLSv1.3")) {
        seen = name(socket);
      }
    }
    assertThat(seen).isEqualTo(wanted);
  }

  private static void awaitLine(CapturedLog log, String... words) throws InterruptedException {
    for (long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        System.nanoTime() < end && log.lines().isEmpty(); ) {
      Thread.sleep(50);
    }
    assertThat(String.join("\n", log.lines()).toLowerCase(java.util.Locale.ROOT)).contains(words);
  }

  private static SSLSocket connect(int port, String protocol) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustAnyone()}, new SecureRandom());
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(10_000);
    socket.setEnabledProtocols(new String[] {protocol});
    socket.startHandshake();
    return socket;
  }

  private static String name(SSLSocket socket) throws SSLException {
    return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
        .getSubjectX500Principal()
        .getName();
  }

  /// On a connection that stays.
  private static String get(SSLSocket socket, String path) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(
        ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    out.flush();
    StringBuilder answer = new StringBuilder();
    byte[] some = new byte[8192];
    do {
      int length = socket.getInputStream().read(some);
      answer.append(new String(some, 0, Math.max(0, length), StandardCharsets.ISO_8859_1));
    } while (!whole(answer.toString()));
    return answer.toString();
  }

  private static boolean whole(String answer) {
    int body = answer.indexOf("\r\n\r\n") + 4;
    var length = java.util.regex.Pattern.compile("(?i)content-length: (\\d+)").matcher(answer);
    if (body < 4) {
      return false;
    }
    return length.find()
        ? answer.length() - body >= Integer.parseInt(length.group(1))
        : answer.endsWith("0\r\n\r\n");
  }

  /// Whose certificate it is, is looked at afterwards.
  private static final class TrustAnyone implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authentication) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authentication) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
