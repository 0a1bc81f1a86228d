package no.spor.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/// Turns what Spor lets people set into what the framework wants set: secrets that stand in files,
/// and TLS.
///
/// - Every secret `spor.X` can stand in a file that `spor.X-file` (`SPOR_X_FILE`) names.
/// - `spor.tls.certificate` and `spor.tls.key` (PEM; the chain, and its PKCS #8 key) make the
///   server speak TLS 1.3 or 1.2 and nothing else. Both files are watched: once they have changed,
///   new connections get the new certificate. What cannot be used is logged and not taken.
public final class DerivedSettings implements EnvironmentPostProcessor, Ordered {
  /// Files that are replaced one after the other are read when both have been still for so long.
  private static final String QUIET = "500ms";

  private static final List<String> SECRETS =
      List.of(
          "spor.mongodb.uri",
          "spor.mongodb.ledger.uri",
          "spor.mongodb.keys.uri",
          "spor.mongodb.epochs.uri",
          "spor.mongodb.checkpoints.uri",
          "spor.mongodb.views.uri",
          "spor.tls.key-password");

  /// After everything that reads settings from somewhere.
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    Map<String, Object> derived = new LinkedHashMap<>();
    for (String name : SECRETS) {
      Path file = file(environment, name + "-file");
      if (file != null) {
        derived.put(name, secret(name, file));
      }
    }
    if (!derived.isEmpty()) {
      environment.getPropertySources().addFirst(new MapPropertySource("secrets", derived));
    }
    Map<String, Object> tls = tls(environment);
    if (!tls.isEmpty()) {
      environment.getPropertySources().addFirst(new MapPropertySource("tls", tls));
    }
  }

  private static Map<String, Object> tls(ConfigurableEnvironment environment) {
    Path certificate = file(environment, "spor.tls.certificate");
    Path key = file(environment, "spor.tls.key");
    if (certificate == null && key == null) {
      return Map.of();
    }
    if (certificate == null || key == null) {
      throw new IllegalSettingException(
          "TLS needs both: spor.tls.certificate (--tls-certificate) and spor.tls.key (--tls-key)");
    }
    for (Path file : List.of(certificate, key)) {
      if (!Files.isReadable(file)) {
        throw new IllegalSettingException("the file " + file + " cannot be read");
      }
    }
    String bundle = "spring.ssl.bundle.pem.spor.";
    Map<String, Object> tls = new LinkedHashMap<>();
    tls.put(bundle + "keystore.certificate", certificate.toUri().toString());
    tls.put(bundle + "keystore.private-key", key.toUri().toString());
    String password = environment.getProperty("spor.tls.key-password");
    if (password != null) {
      tls.put(bundle + "keystore.private-key-password", password);
    }
    tls.put(bundle + "options.enabled-protocols", "TLSv1.3,TLSv1.2");
    tls.put(bundle + "reload-on-update", "true");
    tls.put("spring.ssl.bundle.watch.file.quiet-period", QUIET);
    tls.put("server.ssl.bundle", "spor");
    return tls;
  }

  private static @Nullable Path file(ConfigurableEnvironment environment, String name) {
    String path = environment.getProperty(name);
    return path == null || path.isBlank() ? null : Path.of(path.strip()).toAbsolutePath();
  }

  private static String secret(String name, Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new IllegalSettingException(
          "the file " + file + ", which holds " + name + ", cannot be read");
    }
  }
}
