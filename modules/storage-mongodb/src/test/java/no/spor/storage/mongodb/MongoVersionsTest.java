package no.spor.storage.mongodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each duty's database says of which version it is; one of another version or of another duty is
/// not opened, and what to do is said.
class MongoVersionsTest {
  record Duty(String name, Consumer<MongoSettings> open) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Duty> duties() {
    UUID ledger = UUID.randomUUID();
    return List.of(
        new Duty(
            "ledger",
            settings -> MongoLedgerStore.open(settings, "main", UUID.randomUUID()).close()),
        new Duty("keys", settings -> MongoKeyStore.open(settings, UUID.randomUUID()).close()),
        new Duty("epochs", settings -> MongoEpochStore.open(settings).close()),
        new Duty("checkpoints", settings -> MongoCheckpointStore.open(settings).close()),
        new Duty("views", settings -> MongoViews.open(settings, ledger, _ -> true).close()));
  }

  @ParameterizedTest
  @MethodSource("duties")
  void anotherVersionIsRefusedWithWhatToDo(Duty duty) {
    try (TestDatabase database = TestDatabase.inMemory()) {
      MongoSettings settings = database.settings();
      duty.open().accept(settings);
      duty.open().accept(settings);

      put(settings, Updates.set("version", 999));
      assertThatThrownBy(() -> duty.open().accept(settings))
          .isInstanceOf(MongoStoreException.class)
          .hasMessageContaining("newer version of Spor: start that one");
      put(settings, Updates.set("version", 0));
      assertThatThrownBy(() -> duty.open().accept(settings))
          .isInstanceOf(MongoStoreException.class)
          .hasMessageContaining("older version of Spor")
          .hasMessageContaining("spor copy");
      put(settings, Updates.combine(Updates.set("version", 1), Updates.set("mark", "other")));
      assertThatThrownBy(() -> duty.open().accept(settings))
          .isInstanceOf(MongoStoreException.class)
          .hasMessageContaining("another duty");
    }
  }

  private static void put(MongoSettings settings, org.bson.conversions.Bson change) {
    try (MongoClient client = MongoClients.create(settings.uri())) {
      assertThat(
              client
                  .getDatabase(settings.database())
                  .getCollection("meta")
                  .updateOne(Filters.eq("_id", "schema"), change)
                  .getModifiedCount())
          .isEqualTo(1);
    }
  }
}
