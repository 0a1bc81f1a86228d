package no.spor.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `spor serve`: the server.
@Command(name = "serve", description = "Runs the server.", mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "data directory (default: ${DEFAULT-VALUE})",
      defaultValue = "${env:SPOR_DATA:-data}")
  private Path data;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "0 picks a free one (default: ${DEFAULT-VALUE})",
      defaultValue = "${env:SPOR_PORT:-8080}")
  private int port;

  @Option(
      names = "--address",
      paramLabel = "HOST",
      description = "address to listen on (default: ${DEFAULT-VALUE}, this machine only)",
      defaultValue = "${env:SPOR_ADDRESS:-127.0.0.1}")
  private String address;

  @Mixin private MongoAccess mongo;

  @Option(
      names = "--root",
      paramLabel = "FILE",
      defaultValue = "${env:SPOR_ROOT_FILE}",
      description = "the root key's file (SPOR_ROOT_FILE; default: root.key in the data directory)")
  private @Nullable Path root;

  @Option(
      names = "--origin",
      paramLabel = "NAME",
      defaultValue = "${env:SPOR_ORIGIN}",
      description =
          "what others know the ledger by, set at the first start, for good: a URL without a scheme,"
              + " such as example.com/log (SPOR_ORIGIN; default: spor.invalid/ledger/ and its id)")
  private @Nullable String origin;

  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      defaultValue = "${env:SPOR_TLS_CERTIFICATE}",
      description =
          "speaks TLS with this certificate chain (PEM), read again when it changes"
              + " (SPOR_TLS_CERTIFICATE)")
  private @Nullable String tlsCertificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      defaultValue = "${env:SPOR_TLS_KEY}",
      description = "and its private key (PEM, PKCS #8; SPOR_TLS_KEY)")
  private @Nullable String tlsKey;

  @Option(
      names = "--since",
      paramLabel = "CHECKPOINT_FILE",
      description = "does not serve a ledger that does not continue this checkpoint of it")
  private @Nullable Path since;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    try (RunningServer server = RunningServer.start(settings())) {
      server.introduce(spec.commandLine().getOut(), spec.commandLine().getErr());
      new CountDownLatch(1).await();
    }
    return 0;
  }

  private Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("spor.data", data.toString());
    mongo.addTo(settings);
    settings.put("server.port", port);
    settings.put("server.address", address);
    if (root != null && !root.toString().isBlank()) {
      settings.put("spor.root-file", root.toString());
    }
    if (origin != null && !origin.isBlank()) {
      settings.put("spor.origin", origin);
    }
    if (tlsCertificate != null && !tlsCertificate.isBlank()) {
      settings.put("spor.tls.certificate", tlsCertificate);
    }
    if (tlsKey != null && !tlsKey.isBlank()) {
      settings.put("spor.tls.key", tlsKey);
    }
    if (since != null) {
      settings.put("spor.since", since.toString());
    }
    return settings;
  }
}
