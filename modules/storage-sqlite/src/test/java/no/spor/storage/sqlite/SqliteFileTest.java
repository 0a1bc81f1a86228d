package no.spor.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import no.spor.storage.sqlite.SqliteStoreException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteFileTest {
  private static final SqliteSchema SCHEMA =
      SqliteSchema.of("Test", "create table t(id integer primary key, x blob unique)");

  @TempDir Path temp;
  private DataDirectory directory;

  @BeforeEach
  void open() {
    directory = DataDirectory.open(temp.resolve("data"));
  }

  @AfterEach
  void close() {
    directory.close();
  }

  @Test
  void onlyTheOwnerMayReadTheFiles() throws Exception {
    try (var file = file(SqliteSettings.mustNeverLose())) {
      insert(file, 1, "a");
      try (var files = Files.list(directory.path())) {
        assertThat(files)
            .hasSize(4)
            .allSatisfy(f ->
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(f)))
                    .isEqualTo("rw-------"));
      }
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void everyConnectionKeepsItsDuty() {
    try (var file = file(SqliteSettings.mustBeAbleToForget().withPageSizeBytes(8192))) {
      for (var connection : new String[] {"reader", "writer"}) {
        SqliteSession.Work<String> look =
            s ->
                s.first("pragma journal_mode", r -> r.getString(1)).orElseThrow()
                    + " sync "
                    + s.number("pragma synchronous")
                    + " secure "
                    + s.number("pragma secure_delete")
                    + " temp "
                    + s.number("pragma temp_store")
                    + " page "
                    + s.number("pragma page_size")
                    + " vacuum "
                    + s.number("pragma auto_vacuum");
        assertThat(connection.equals("reader") ? file.read(look) : file.write(look))
            .isEqualTo("wal sync 2 secure 1 temp 2 page 8192 vacuum 2");
      }
    }
  }

  @Test
  void aReaderCannotWrite() {
    try (var file = file(SqliteSettings.canBeRebuilt())) {
      assertThatThrownBy(() -> file.read(s -> s.update("insert into t values(1,null)")))
          .isInstanceOfSatisfying(
              SqliteStoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.READ_ONLY));
    }
  }

  @Test
  void whatThrowsSavesNothing() {
    try (var file = file(SqliteSettings.mustNeverLose())) {
      insert(file, 1, "a");
      assertThatThrownBy(() ->
              file.save(s -> {
                s.update("insert into t values(2,'b')");
                throw new IllegalArgumentException("on purpose");
              }))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() ->
              file.save(s -> {
                s.update("insert into t values(3,'c')");
                s.update("insert into t values(4,'a')");
              }))
          .isInstanceOfSatisfying(
              SqliteStoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONSTRAINT));
      assertThat(count(file)).isEqualTo(1);
      insert(file, 5, "d");
      assertThat(count(file)).isEqualTo(2);
    }
  }

  @Test
  void aTransactionCanChangeThreads() throws Exception {
    try (var file = file(SqliteSettings.canBeRebuilt());
        var other = Executors.newSingleThreadExecutor()) {
      var transaction = file.begin();
      transaction.write(s -> s.update("insert into t values(1,'a')"));
      other
          .submit(() -> {
            transaction.write(s -> s.update("insert into t values(2,'b')"));
            transaction.commit();
            transaction.close();
          })
          .get();
      assertThat(count(file)).isEqualTo(2);
    }
  }

  @Test
  void aTransactionWithinATransactionIsRefusedInsteadOfHanging() {
    try (var file = file(SqliteSettings.canBeRebuilt())) {
      assertThatThrownBy(() -> file.save(s -> insert(file, 1, "a")))
          .isInstanceOf(IllegalStateException.class);
      insert(file, 1, "a");
    }
  }

  @Test
  void aReadSeesOneStateWhileOthersWrite() throws Exception {
    try (var file = file(SqliteSettings.mustNeverLose());
        var other = Executors.newSingleThreadExecutor()) {
      var began = new CountDownLatch(1);
      var written = new CountDownLatch(1);
      var counts =
          other.submit(() ->
              file.read(s -> {
                var seen = new ArrayList<Long>();
                seen.add(s.number("select count(*) from t"));
                began.countDown();
                await(written);
                seen.add(s.number("select count(*) from t"));
                return seen;
              }));
      began.await();
      insert(file, 1, "a");
      written.countDown();
      assertThat(counts.get()).containsExactly(0L, 0L);
      assertThat(count(file)).isEqualTo(1);
    }
  }

  @Test
  void aFullDiskSavesNothingAndGoesOnOnceThereIsRoom() {
    try (var file = file(SqliteSettings.mustNeverLose())) {
      insert(file, 1, "a");
      var full = new byte[100_000];
      file.write(s -> s.number("pragma max_page_count=10"));
      assertThatThrownBy(() ->
              file.save(s -> {
                s.update("insert into t values(2,'b')");
                s.update("insert into t values(3,?)", full);
              }))
          .isInstanceOfSatisfying(
              SqliteStoreException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(Kind.FULL);
                assertThat(e).hasMessageStartingWith("Nothing was saved, the disk is full");
              });
      assertThat(count(file)).isEqualTo(1);
      file.write(s -> s.number("pragma max_page_count=10000"));
      file.save(s -> s.update("insert into t values(3,?)", full));
      assertThat(count(file)).isEqualTo(2);
    }
  }

  @Test
  void aNewerFileIsRefusedAndAnOlderOneIsBroughtForward() {
    file(SqliteSettings.mustNeverLose()).close();
    var next =
        SqliteSchema.of(
            "Test",
            SCHEMA.steps().getFirst(),
            "alter table t add y; insert into t values(7,null,8)");
    var settings = SqliteSettings.mustNeverLose();
    try (var file = SqliteFile.open(directory, "t.db", settings, next)) {
      assertThat(number(file, "select y from t where id=7")).isEqualTo(8);
    }
    assertThatThrownBy(() -> SqliteFile.open(directory, "t.db", settings, SCHEMA))
        .hasMessageContaining("newer version of Spor (schema 2, this one knows 1)");
    assertThatThrownBy(
            () -> SqliteFile.open(directory, "t.db", settings, SqliteSchema.of("Else", "select 1")))
        .hasMessageContaining("something else");
  }

  @Test
  void aMigrationThatFailsChangesNothing() {
    file(SqliteSettings.mustNeverLose()).close();
    var settings = SqliteSettings.mustNeverLose();
    var broken =
        SqliteSchema.of("Test", SCHEMA.steps().getFirst(), "create table u(x); syntax error");
    assertThatThrownBy(() -> SqliteFile.open(directory, "t.db", settings, broken))
        .isInstanceOf(SqliteStoreException.class);
    try (var file = file(settings)) {
      assertThat(number(file, "select count(*) from sqlite_schema where name='u'")).isZero();
    }
  }

  @Test
  void whatIsNoDatabaseIsRefused() throws Exception {
    Files.writeString(directory.path().resolve("t.db"), "x".repeat(10_000));
    assertThatThrownBy(() -> file(SqliteSettings.mustNeverLose()))
        .isInstanceOfSatisfying(
            SqliteStoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED));
  }

  @Test
  void deletedBytesAreInNoFileOnceTheLogIsCut() throws Exception {
    var secret = "the quick brown fox";
    try (var file = file(SqliteSettings.mustBeAbleToForget())) {
      insert(file, 1, secret);
      assertThat(found(secret)).isTrue();
      file.save(s -> s.update("delete from t"));
      file.truncateLog();
      assertThat(found(secret)).isFalse();
    }
  }

  @Test
  void freedPagesGoBackToTheDisk() throws Exception {
    try (var file = file(SqliteSettings.mustNeverLose())) {
      for (int i = 0; i < 100; i++) {
        int id = i;
        file.save(s -> s.update("insert into t values(?,?)", id, bytes(200_000, id)));
      }
      file.truncateLog();
      long before = Files.size(file.path());
      file.save(s -> s.update("delete from t where id < 99"));
      file.vacuum();
      file.truncateLog();
      assertThat(before).isGreaterThan(20_000_000);
      assertThat(Files.size(file.path())).isLessThan(700_000);
      byte[] left = file.read(s -> s.first("select x from t", r -> r.getBytes(1)).orElseThrow());
      assertThat(left).isEqualTo(bytes(200_000, 99));
    }
  }

  @Test
  void aDirectoryInUseIsRefusedInThisProcess() {
    assertThatThrownBy(() -> DataDirectory.open(directory.path()))
        .isInstanceOf(DataDirectory.DirectoryInUseException.class)
        .hasMessageContaining("This process uses");
  }

  @Test
  void aDirectoryInUseIsRefusedInAnotherProcess() throws Exception {
    assertThat(openInAnotherProcess()).contains("Another process uses the data directory");
    directory.close();
    assertThat(openInAnotherProcess()).contains("opened");
  }

  /// Opens the directory given as argument.
  static final class OpenDirectory {
    public static void main(String[] args) {
      try (var opened = DataDirectory.open(Path.of(args[0]))) {
        System.out.println("opened " + opened.path());
      } catch (DataDirectory.DirectoryInUseException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private String openInAnotherProcess() throws Exception {
    var process = ChildJvm.start(OpenDirectory.class, directory.path().toString());
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private SqliteFile file(SqliteSettings settings) {
    return SqliteFile.open(directory, "t.db", settings, SCHEMA);
  }

  private static void insert(SqliteFile file, int id, String x) {
    file.save(s -> s.update("insert into t values(?,?)", id, x));
  }

  private static long count(SqliteFile file) {
    return number(file, "select count(*) from t");
  }

  private static long number(SqliteFile file, String sql) {
    return file.read(s -> s.number(sql));
  }

  private static byte[] bytes(int length, int id) {
    var bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) id);
    return bytes;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Reads through another process: this one must not open and close what SQLite has locked.
  private boolean found(String text) throws Exception {
    return RawFiles.hold(directory.path(), text.getBytes(StandardCharsets.UTF_8));
  }
}
