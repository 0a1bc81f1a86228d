package no.spor.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a disk may hold when the power goes: all that was synchronised; of the rest some, in any
/// order, a write perhaps in part (512 bytes are whole or not). Names (new, renamed, deleted files)
/// are kept by a journal, in their order; synchronising a file or its folder keeps them up to
/// there, as ext4 and XFS do.
final class PowerCut {
  private static final int SECTOR = 512;

  private final DiskTrace trace;
  private final int moment;
  private final Random random;
  private final Path disk;

  /// A file under whatever name.
  private static final class Content {
    private byte[] bytes = new byte[0];

    private void truncate(long length) {
      bytes = Arrays.copyOf(bytes, Math.toIntExact(length));
    }

    private void write(long offset, byte[] what, int from, int length) {
      int end = Math.toIntExact(offset + from + length);
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, end);
      }
      System.arraycopy(what, from, bytes, end - length, length);
    }
  }

  private PowerCut(DiskTrace trace, int moment, Random random, Path disk) {
    this.trace = trace;
    this.moment = moment;
    this.random = random;
    this.disk = disk;
  }

  /// @param moment line of the trace before which the power goes
  /// @param disk folder that is made
  static void at(DiskTrace trace, int moment, Random random, Path disk) throws IOException {
    new PowerCut(trace, moment, random, disk).leave();
  }

  private void leave() throws IOException {
    Set<Record> kept = keptNames();
    double share = new double[] {0, 0.5, 1}[random.nextInt(3)];
    Map<Path, Content> now = new HashMap<>(); // as the process saw it
    Map<Path, Content> left = new HashMap<>(); // as the disk has it
    for (int i = 0; i < trace.changes().size(); i++) {
      switch (trace.changes().get(i)) {
        case DiskTrace.Naming naming
            when naming.begun() < moment && naming.how() != DiskTrace.How.FOLDER -> {
          Content content = name(naming, now, null);
          if (kept.contains(naming)) {
            name(naming, left, content);
          }
        }
        case DiskTrace.Write write when write.begun() < moment && now.containsKey(write.file()) ->
            apply(write, i, share, now.get(write.file()));
        case DiskTrace.Truncation cut when cut.begun() < moment && now.containsKey(cut.file()) -> {
          if (isSynchronised(cut.file(), cut.done(), i) || random.nextDouble() < share) {
            now.get(cut.file()).truncate(cut.length());
          }
        }
        default -> {
          // Not before the power went, or of a file that was deleted.
        }
      }
    }
    Files.createDirectories(disk);
    Files.setPosixFilePermissions(disk, Files.getPosixFilePermissions(trace.folder()));
    for (var one : left.entrySet()) {
      Path file = disk.resolve(trace.folder().relativize(one.getKey()).toString());
      Files.createDirectories(file.getParent());
      Files.write(file, one.getValue().bytes);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  /// @param content of the name; null where the names tell
  /// @return what now has the name, or had it
  private static @Nullable Content name(
      DiskTrace.Naming naming, Map<Path, Content> files, @Nullable Content content) {
    Content named =
        content != null ? content : files.computeIfAbsent(naming.from(), path -> new Content());
    switch (naming.how()) {
      case NEW, LINKED -> files.put(naming.to(), named);
      case MOVED -> {
        files.remove(naming.from());
        files.put(naming.to(), named);
      }
      case DELETED -> files.remove(naming.from());
      case FOLDER -> {
        // has no content of its own
      }
    }
    return named;
  }

  private void apply(DiskTrace.Write write, int index, double share, Content file) {
    byte[] bytes = write.bytes();
    if (isSynchronised(write.file(), write.done(), index)) {
      file.write(write.offset(), bytes, 0, bytes.length);
    } else if (random.nextDouble() < share) {
      boolean torn = random.nextInt(4) == 0;
      for (int from = 0; from < bytes.length; from += SECTOR) {
        if (!torn || random.nextBoolean()) {
          file.write(write.offset(), bytes, from, Math.min(SECTOR, bytes.length - from));
        }
      }
    }
  }

  /// Whether the file was synchronised after that, and before the power went.
  private boolean isSynchronised(Path file, int done, int index) {
    Set<Path> names = new HashSet<>(Set.of(file));
    for (int i = index + 1; i < trace.changes().size() && !names.isEmpty(); i++) {
      switch (trace.changes().get(i)) {
        case DiskTrace.Sync sync -> {
          if (names.contains(sync.file()) && sync.begun() > done && sync.done() < moment) {
            return true;
          }
        }
        case DiskTrace.Naming naming -> {
          if (naming.begun() >= moment) {
            return false;
          }
          rename(names, naming);
        }
        default -> {
          // says nothing of names
        }
      }
    }
    return false;
  }

  private static void rename(Set<Path> names, DiskTrace.Naming naming) {
    if (names.contains(naming.from())) {
      switch (naming.how()) {
        case LINKED -> names.add(naming.to());
        case MOVED -> {
          names.remove(naming.from());
          names.add(naming.to());
        }
        case DELETED -> names.remove(naming.from());
        case NEW, FOLDER -> {
          // opened once more
        }
      }
    }
  }

  /// The journal's names up to the last that was synchronised, and some more.
  private Set<Record> keptNames() {
    var names =
        trace.changes().stream()
            .filter(DiskTrace.Naming.class::isInstance)
            .map(DiskTrace.Naming.class::cast)
            .filter(naming -> naming.begun() < moment)
            .toList();
    int sure = 0;
    for (int i = 0; i < names.size(); i++) {
      var naming = names.get(i);
      Path named = naming.to();
      boolean isSure =
          trace.changes().stream()
              .filter(DiskTrace.Sync.class::isInstance)
              .map(DiskTrace.Sync.class::cast)
              .anyMatch(sync ->
                  sync.begun() > naming.done()
                      && sync.done() < moment
                      && (sync.file().equals(named) || sync.file().equals(named.getParent())));
      if (isSure) {
        sure = i + 1;
      }
    }
    int count = sure + random.nextInt(names.size() - sure + 1);
    return new HashSet<>(names.subList(0, count));
  }
}
