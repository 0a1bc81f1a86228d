package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import no.spor.activity.HeaderBodyCodec;
import no.spor.ledger.verify.Finding;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Keys that stand where the ledger says that they are destroyed, and the like, are named by the
/// verifier: with the record by which they are to be gone.
@Tag("once")
class KeptKeysTest {
  private static final Instant START = Instant.parse("2026-11-22T09:00:00Z");

  @TempDir Path folder;

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final OneTenant tenant = new OneTenant(now::get);
  private long erased;
  private long closed;
  private int copies;

  @Test
  void whatStandsThatIsForgottenAndWhatIsMissingThatFencesIsNamed() throws Exception {
    Path data = folder.resolve("data");
    Path before = folder.resolve("before");
    fill(data, before);
    assertThat(VerifiedLedger.at(data).findings()).isEmpty();
    assertThat(VerifiedLedger.at(data).unchecked()).isEmpty();

    // The keys of before, which say that they have followed all.
    String old = "attach '%s' as now; ".formatted(data.resolve("keys.db"));
    assertThat(
            found(
                before,
                old + "delete from followed; insert into followed select * from now.followed"))
        .contains(
            "key-stands position %d: the key of whom it erases stands".formatted(erased),
            "key-stands position %d: the key of the account that it closes stands"
                .formatted(closed),
            "fence position %d: its fence is missing".formatted(erased))
        .contains("of days before 2026-11-", "keys could be made of days before");
    assertThat(VerifiedLedger.at(before).findings()).as("not followed yet").isEmpty();
    assertThat(VerifiedLedger.at(before).unchecked())
        .containsEntry("erasures and marks that the key store has not followed yet", 3L);

    assertThat(found(data, "update fence set position = 0")).contains("fence position 0: ");
    assertThat(found(data, "delete from fence"))
        .isEqualTo("fence position %d: its fence is missing".formatted(erased));
    assertThat(found(data, "update mark set first_kept = first_kept - 1"))
        .contains("key-stands: keys could be made of days before");
    assertThat(
            found(
                data,
                "update slot set wrapped = randomblob(length(wrapped)) where n in (select n from vacant limit 1)"))
        .isEqualTo("key-stands: 1 keys stand that belong to nothing, or were wiped");
    assertThat(
            found(
                data,
                "update slot set wrapped = unhex(substr(hex(wrapped), 1, 2) || '00000009' || substr(hex(wrapped), 11)) where n = (select history from person limit 1)"))
        .isEqualTo("key-stands: keys stand under epoch 9, which is gone");
    assertThat(found(data, "update followed set hash = randomblob(32)"))
        .contains("keys-ahead block ");
    assertThat(found(data, "update followed set block = block + 1000"))
        .startsWith("keys-ahead: the keys have followed block 1");
    assertThat(VerifiedLedger.at(data, START).findings().toString())
        .contains("clock: ")
        .contains("periods would end too early");
  }

  private void fill(Path data, Path before) throws Exception {
    String request;
    try (Node node = open(data)) {
      tenant.create();
      for (String who : new String[] {"ola", "kari"}) {
        tenant.record("login.succeeded", who);
        tenant.record("site.checkin", who);
        tenant.record("account.created", who);
      }
      request = tenant.request("ola");
    }
    TestStore.copyAll(data, before);
    try (Node node = open(data)) {
      tenant.erase(request);
      tenant.record("account.closed", "kari");
      Awaitility.await().until(() -> position(node, "spor.account-closed") > 0);
      now.set(START.plus(Duration.ofDays(25)));
      node.upkeep().retention().run(true);
      erased = position(node, "spor.person-erased");
      closed = position(node, "spor.account-closed");
    }
    for (String store : new String[] {"ledger", "epochs", "checkpoints"}) {
      TestStore.copy(data, before, store);
    }
  }

  /// @return what the verifier finds when the keys of a copy were changed, a line each
  private String found(Path data, String change) throws Exception {
    Path copy = folder.resolve("copy-" + copies++);
    TestStore.copyAll(data, copy);
    try (Connection keys = DriverManager.getConnection("jdbc:sqlite:" + copy.resolve("keys.db"))) {
      for (String one : change.split("; ")) {
        execute(keys, one);
      }
    }
    return String.join(
        "\n", VerifiedLedger.at(copy).findings().stream().map(Finding::toString).toList());
  }

  private static void execute(Connection keys, String change) throws SQLException {
    if (!change.isEmpty()) {
      try (Statement statement = keys.createStatement()) {
        statement.execute(change);
      }
    }
  }

  private static long position(Node node, String type) {
    return node.ledger().readFrom(0, 1_000).stream()
        .filter(record -> HeaderBodyCodec.decode(record.body()).type().startsWith(type))
        .mapToLong(record -> record.position())
        .findFirst()
        .orElse(-1);
  }

  private Node open(Path data) {
    Node node = Node.open(new NodeOptions(data, null, 1_000), now::get);
    tenant.on(node);
    return node;
  }
}
