package no.spor.storage.sqlite;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import no.spor.tenancy.RegistryStore;

/// The registry in `registry.db`. A crash of the machine may undo the last saves, whole and in
/// order: the registry follows the ledger anew from there.
public final class SqliteRegistryStore implements RegistryStore {
  private static final String NAME = "registry.db";
  private static final SqliteSettings SETTINGS =
      SqliteSettings.canBeRebuilt().withCacheBytes(1 << 20).withWalBytes(1 << 20).withReaders(1);
  static final SqliteSchema SCHEMA =
      SqliteSchema.of(
          "SpRg",
          """
          create table entry (
            kind text not null,
            id text not null,
            value blob not null,
            primary key (kind, id)
          ) strict, without rowid;
          create table mark (
            one integer primary key check (one = 1),
            form integer not null,
            ledger blob not null,
            block integer not null,
            hash blob not null
          ) strict;
          """);

  private final SqliteFile file;

  private SqliteRegistryStore(SqliteFile file) {
    this.file = file;
  }

  /// @throws SqliteStoreException if the file is damaged, of another program or of a newer version:
  ///   delete it, it is rebuilt
  public static SqliteRegistryStore open(DataDirectory directory) {
    return new SqliteRegistryStore(SqliteFile.open(directory, NAME, SETTINGS, SCHEMA));
  }

  @Override
  public Optional<Mark> mark() {
    return file.read(session ->
        session.first(
            "select form, ledger, block, hash from mark",
            row ->
                new Mark(row.getInt(1), uuid(row.getBytes(2)), row.getLong(3), row.getBytes(4))));
  }

  @Override
  public List<Entry> entries() {
    return file.read(session ->
        session.list(
            "select kind, id, value from entry",
            row -> new Entry(row.getString(1), row.getString(2), row.getBytes(3))));
  }

  @Override
  public void save(List<Entry> changed, Mark mark) {
    file.save(session -> {
      for (Entry entry : changed) {
        session.update(
            "insert or replace into entry (kind, id, value) values (?, ?, ?)",
            entry.kind(),
            entry.id(),
            entry.value());
      }
      session.update(
          "insert or replace into mark (one, form, ledger, block, hash) values (1, ?, ?, ?, ?)",
          mark.form(),
          bytes(mark.ledger()),
          mark.block(),
          mark.hash());
    });
  }

  @Override
  public void clear() {
    file.save(session -> {
      session.update("delete from entry");
      session.update("delete from mark");
    });
  }

  @Override
  public void close() {
    file.close();
  }

  private static UUID uuid(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  private static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }
}
