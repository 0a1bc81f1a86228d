package no.spor.storage.sqlite;

/// How a database file is kept. Start from the duty and change what you measured.
///
/// @param fullSync whether each commit is on the disk when it returns (`synchronous=FULL`); else a
///   crash of the machine may take the last commits with it, never a half one
///   (`synchronous=NORMAL`)
/// @param secureDelete whether what is deleted is overwritten with zeros
/// @param pageSizeBytes a power of two from 512 to 65536; counts when the file is made
/// @param incrementalVacuum whether [SqliteFile#vacuum] can shrink the file; counts when the file
///   is made
/// @param cacheBytes page cache of each connection
/// @param mmapBytes how much of the file may be read through the address space
/// @param walBytes size of the log at which a commit copies it into the file
/// @param readers how many reads may run at a time
public record SqliteSettings(
    boolean fullSync,
    boolean secureDelete,
    int pageSizeBytes,
    boolean incrementalVacuum,
    long cacheBytes,
    long mmapBytes,
    long walBytes,
    int readers) {

  private static final long MIB = 1 << 20;

  /// For what must never be lost: each commit is durable; dropped bytes are overwritten.
  public static SqliteSettings mustNeverLose() {
    return new SqliteSettings(true, true, 4096, true, 16 * MIB, 0, 16 * MIB, 4);
  }

  /// For keys: each commit is durable, what is destroyed is overwritten.
  public static SqliteSettings mustBeAbleToForget() {
    return new SqliteSettings(true, true, 4096, true, 16 * MIB, 0, 32 * MIB, 4);
  }

  /// For small stores of which every commit counts.
  public static SqliteSettings mustNeverGoBack() {
    return new SqliteSettings(true, true, 4096, false, 2 * MIB, 0, MIB, 2);
  }

  /// For what can be rebuilt: fast, may forget the last commits when the machine crashes.
  public static SqliteSettings canBeRebuilt() {
    return new SqliteSettings(false, false, 4096, true, 32 * MIB, 0, 32 * MIB, 4);
  }

  public SqliteSettings withFullSync(boolean full) {
    return new SqliteSettings(
        full,
        secureDelete,
        pageSizeBytes,
        incrementalVacuum,
        cacheBytes,
        mmapBytes,
        walBytes,
        readers);
  }

  public SqliteSettings withPageSizeBytes(int bytes) {
    return new SqliteSettings(
        fullSync, secureDelete, bytes, incrementalVacuum, cacheBytes, mmapBytes, walBytes, readers);
  }

  public SqliteSettings withCacheBytes(long bytes) {
    return new SqliteSettings(
        fullSync,
        secureDelete,
        pageSizeBytes,
        incrementalVacuum,
        bytes,
        mmapBytes,
        walBytes,
        readers);
  }

  public SqliteSettings withMmapBytes(long bytes) {
    return new SqliteSettings(
        fullSync,
        secureDelete,
        pageSizeBytes,
        incrementalVacuum,
        cacheBytes,
        bytes,
        walBytes,
        readers);
  }

  public SqliteSettings withWalBytes(long bytes) {
    return new SqliteSettings(
        fullSync,
        secureDelete,
        pageSizeBytes,
        incrementalVacuum,
        cacheBytes,
        mmapBytes,
        bytes,
        readers);
  }

  public SqliteSettings withReaders(int count) {
    return new SqliteSettings(
        fullSync,
        secureDelete,
        pageSizeBytes,
        incrementalVacuum,
        cacheBytes,
        mmapBytes,
        walBytes,
        count);
  }
}
