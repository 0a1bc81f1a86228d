package no.spor.storage.sqlite;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Looks for bytes in the files of a directory as they lie on the disk.
final class RawFiles {
  /// What is compared first: enough that nothing is found by chance.
  private static final int BEGINNING = 8;

  private RawFiles() {}

  static boolean hold(Path directory, byte[] pattern) throws IOException, InterruptedException {
    return !find(directory, List.of(pattern)).isEmpty();
  }

  /// Reads in another process, because closing a file here would drop the locks that SQLite holds
  /// on it.
  ///
  /// @param patterns at least 8 bytes each
  /// @return which of the patterns are somewhere in the files
  static Set<Integer> find(Path directory, List<byte[]> patterns)
      throws IOException, InterruptedException {
    var child = ChildJvm.start(Search.class, directory.toString());
    try (var to = new DataOutputStream(child.getOutputStream())) {
      to.writeInt(patterns.size());
      for (var pattern : patterns) {
        to.writeInt(pattern.length);
        to.write(pattern);
      }
    }
    var found = new TreeSet<Integer>();
    new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .forEach(line -> found.add(Integer.valueOf(line)));
    if (child.waitFor() != 0) {
      throw new IllegalStateException("the search failed");
    }
    return found;
  }

  /// Prints the indexes of the patterns that the files hold.
  static final class Search {
    public static void main(String[] args) throws IOException {
      var from = new DataInputStream(System.in);
      Map<Long, Integer> beginnings = new HashMap<>();
      var patterns = new byte[from.readInt()][];
      for (int i = 0; i < patterns.length; i++) {
        patterns[i] = from.readNBytes(from.readInt());
        beginnings.put(ByteBuffer.wrap(patterns[i]).getLong(), i);
      }
      try (var files = Files.list(Path.of(args[0]))) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          search(ByteBuffer.wrap(Files.readAllBytes(file)), beginnings, patterns);
        }
      }
    }

    private static void search(ByteBuffer in, Map<Long, Integer> beginnings, byte[][] patterns) {
      for (int at = 0; at + BEGINNING <= in.limit(); at++) {
        var candidate = beginnings.get(in.getLong(at));
        if (candidate != null && at + patterns[candidate].length <= in.limit()) {
          var pattern = ByteBuffer.wrap(patterns[candidate]);
          if (in.slice(at, pattern.limit()).equals(pattern)) {
            System.out.println(candidate);
          }
        }
      }
    }
  }
}
