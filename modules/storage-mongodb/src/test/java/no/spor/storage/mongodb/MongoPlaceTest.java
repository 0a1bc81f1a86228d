package no.spor.storage.mongodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is refused at the start, and that the refusal says what to do.
class MongoPlaceTest {
  @AutoClose private final TestDatabase database = TestDatabase.inMemory();

  private MongoSettings with(String options) {
    var settings = database.settings();
    return new MongoSettings(
        settings.uri() + (settings.uri().contains("?") ? "&" : "/?") + options,
        settings.database(),
        true,
        false,
        Duration.ofSeconds(2));
  }

  private static void open(MongoSettings settings) {
    MongoLedgerStore.open(settings, "main", new UUID(1, 2)).close();
  }

  @Test
  void aServerWhoseAcknowledgementsDieWithItIsRefusedUnlessTold() {
    assertThatThrownBy(() -> open(database.settings().withAllowStandalone(false)))
        .isInstanceOf(MongoStoreException.class)
        .hasMessageContaining("no replica set")
        .hasMessageContaining("spor.mongodb.allow-standalone");
    open(database.settings());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "w=1",
        "w=2",
        "w=majority&journal=false",
        "readConcernLevel=local",
        "readConcernLevel=available",
        "readPreference=secondary",
        "readPreference=primaryPreferred"
      })
  void aConnectionStringThatWeakensWhatIsPromisedIsRefusedUnlessTold(String options) {
    assertThatThrownBy(() -> open(with(options)))
        .isInstanceOf(MongoStoreException.class)
        .hasMessageContaining("majority")
        .hasMessageContaining("spor.mongodb.allow-unsafe");
    assertThatThrownBy(() -> MongoKeyStore.open(with(options), new UUID(3, 4)))
        .isInstanceOf(MongoStoreException.class);
  }

  @Test
  void whatIsToldIsTaken() {
    open(with("w=1").withAllowUnsafe(true));
    open(with("w=majority&journal=true&readConcernLevel=majority"));
    open(with("readConcernLevel=linearizable"));
  }

  @Test
  void viewsMayBeReadAndWrittenAsTheConnectionStringSays() {
    MongoViews.open(with("w=1&readPreference=nearest"), new UUID(1, 2), _ -> true).close();
  }

  @Test
  void aDutyDoesNotMoveIntoAnothersDatabase() {
    open(database.settings());
    assertThatThrownBy(() -> MongoKeyStore.open(database.settings(), new UUID(3, 4)))
        .isInstanceOf(MongoStoreException.class)
        .hasMessageContaining("another duty");
  }

  @Test
  void passwordsAreInNoMessage() {
    for (String uri :
        new String[] {
          "mongodb://spor:s3cret@[broken/",
          "mongodb://spor:s3cret@127.0.0.1:1/?directConnection=true"
        }) {
      var settings = new MongoSettings(uri, "spor", true, false, Duration.ofMillis(300));
      assertThatThrownBy(() -> open(settings))
          .isInstanceOf(MongoStoreException.class)
          .satisfies(refused -> {
            for (Throwable e = refused; e != null; e = e.getCause()) {
              assertThat(String.valueOf(e.getMessage())).doesNotContain("s3cret");
            }
          });
      assertThat(settings.toString()).doesNotContain("s3cret");
    }
  }
}
