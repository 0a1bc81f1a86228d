package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import no.spor.tenancy.AccessRole;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator types where the stores lie on MongoDB.
class StoresOnMongoTest {
  @TempDir private Path folder;
  private final MongoServer mongo = new MongoServer(new MemoryBackend());
  private final String uri = mongo.bindAndGetConnectionString();

  @AfterEach
  void stop() {
    mongo.shutdownNow();
  }

  private Said on(String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--store", "mongodb", "--mongodb-uri", uri, "--allow-standalone"));
    all.addAll(List.of("--data", folder.resolve("data").toString()));
    return Said.by(all.toArray(String[]::new));
  }

  @Test
  void aLedgerOnMongoVerifiesItsKeyIsRotatedAndItGoesOnUnderAnotherOrigin() throws Exception {
    var none = on("verify");
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("there is no ledger in this database");
    var file = folder.resolve("checkins.ndjson");
    MadeUpCheckins.write(file, 8, 300, 20);
    Map<String, Object> settings =
        Map.of(
            "spor.data",
            folder.resolve("data"),
            "spor.store",
            "mongodb",
            "spor.mongodb.uri",
            uri,
            "spor.mongodb.allow-standalone",
            "true",
            "server.port",
            0,
            "server.address",
            "127.0.0.1");
    try (RunningServer server = RunningServer.start(settings)) {
      var tenancy = server.node().tenancy();
      tenancy.createTenant(MadeUpCheckins.TENANT, "Bygg AS");
      var emitter = tenancy.createKey(AccessRole.EMITTER, MadeUpCheckins.TENANT, "gate").secret();
      assertThat(
              Said.by("import", "--url", server.url(), "--key", emitter, file.toString())
                  .exitCode())
          .isZero();
    }
    var rotated = on("ledger", "rotate-key");
    assertThat(rotated.exitCode()).as(rotated.err()).isZero();
    var sound = on("verify", "--vkey", rotated.lastLine());
    assertThat(sound.exitCode()).as(sound.out() + sound.err()).isZero();
    assertThat(sound.lastLine()).startsWith("sound: ");
    assertThat(sound.out()).doesNotContain("not checked");
    assertThat(sound.err()).contains("it is verified as it grows");

    var continued = on("ledger", "continue", "--origin", "log.example/2", "--yes");
    assertThat(continued.exitCode()).as(continued.err()).isZero();
    assertThat(continued.lastLine()).startsWith("log.example/2+");
    var again = on("verify", "--vkey", continued.lastLine());
    assertThat(again.exitCode()).as(again.out() + again.err()).isZero();
  }
}
