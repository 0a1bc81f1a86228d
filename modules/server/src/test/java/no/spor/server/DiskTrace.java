package no.spor.server;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a process asked the kernel to do with the files below a folder, and what it said on
/// standard output, in the order in which it happened: read from `strace`.
final class DiskTrace {
  /// Never happened before the end of the trace.
  static final int NEVER = Integer.MAX_VALUE;

  private static final String CALLS =
      "open,openat,creat,lseek,write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,ftruncate,truncate,"
          + "fallocate,rename,renameat,renameat2,link,unlink,unlinkat,mkdir,mkdirat,sendfile,copy_file_range";
  private static final Pattern LINE = Pattern.compile("(\\d+)\\s+(.*)");

  /// @param begun when it was asked for; line of the trace
  /// @param done when the kernel had answered; [#NEVER] where it had not
  record Write(Path file, long offset, byte[] bytes, int begun, int done) {}

  record Truncation(Path file, long length, int begun, int done) {}

  record Sync(Path file, int begun, int done) {}

  enum How {
    NEW,
    FOLDER,
    LINKED,
    MOVED,
    DELETED
  }

  /// @param from the name there was; for [How#NEW] and [How#FOLDER] the same as `to`
  /// @param to the name there is; for [How#DELETED] the same as `from`
  record Naming(How how, Path from, Path to, int begun, int done) {}

  private record Said(int begun, byte[] bytes) {}

  private final Path folder;
  private final List<Record> changes = new ArrayList<>();
  private final List<Said> said = new ArrayList<>();
  private final Map<String, Long> offsets = new HashMap<>();
  private int length;

  private DiskTrace(Path folder) {
    this.folder = folder;
  }

  /// @return why no process can be traced here; null where it can
  static String impossible() {
    try {
      var process =
          new ProcessBuilder("strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "true")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0 ? null : "strace may not trace here";
    } catch (IOException e) {
      return "no strace here (Debian package strace)";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// @return what to put before a command
  static List<String> command(Path trace) {
    return List.of(
        "strace",
        "-f",
        "--seccomp-bpf",
        "-y",
        "-xx",
        "-s",
        "100000000",
        "-e",
        "trace=" + CALLS,
        "-o",
        trace.toString());
  }

  static DiskTrace read(Path trace, Path folder) throws IOException {
    var read = new DiskTrace(folder.toRealPath());
    Map<String, String> unfinished = new HashMap<>();
    Map<String, Integer> begun = new HashMap<>();
    try (BufferedReader lines = Files.newBufferedReader(trace, StandardCharsets.US_ASCII)) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine(), number++) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()
            || parts.group(2).startsWith("+++")
            || parts.group(2).startsWith("---")) {
          continue;
        }
        String thread = parts.group(1);
        String call = parts.group(2);
        if (call.endsWith("<unfinished ...>")) {
          unfinished.put(thread, call.substring(0, call.lastIndexOf("<unfinished")));
          begun.put(thread, number);
        } else if (call.startsWith("<... ")) {
          String whole = unfinished.remove(thread) + call.substring(call.indexOf("resumed>") + 8);
          read.take(whole, begun.remove(thread), number);
        } else {
          read.take(call, number, number);
        }
      }
      read.length = number;
      for (var open : unfinished.entrySet()) {
        read.take(open.getValue() + ") = ?", begun.get(open.getKey()), NEVER);
      }
    }
    return read;
  }

  /// @return lines of the trace
  int length() {
    return length;
  }

  Path folder() {
    return folder;
  }

  /// [Write], [Truncation], [Sync] and [Naming], in order.
  List<Record> changes() {
    return changes;
  }

  /// @return whole lines that were said before that line of the trace
  List<String> said(int before) {
    var out = new ByteArrayOutputStream();
    said.stream().filter(one -> one.begun < before).forEach(one -> out.writeBytes(one.bytes));
    String text = out.toString(StandardCharsets.UTF_8);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  /// @return lines of the trace at which something was said
  List<Integer> moments() {
    return said.stream().map(Said::begun).toList();
  }

  private void take(String call, int begun, int done) {
    int open = call.indexOf('(');
    String result = call.substring(call.lastIndexOf(" = ") + 3);
    if (open < 0 || result.startsWith("-1")) {
      return;
    }
    String name = call.substring(0, open);
    String arguments = call.substring(open + 1, call.lastIndexOf(" = "));
    List<byte[]> texts = texts(arguments);
    switch (name) {
      case "open", "openat", "creat" -> opened(name, arguments, texts, result, begun, done);
      case "lseek" -> offsets.put(descriptor(arguments), Long.parseLong(result.strip()));
      case "write", "pwrite64" -> written(name, arguments, texts, begun, done);
      case "ftruncate" -> {
        Path file = path(texts.getFirst());
        if (inside(file)) {
          changes.add(new Truncation(file, lastNumber(arguments, 1), begun, done));
        }
      }
      case "fsync", "fdatasync" -> {
        Path file = path(texts.getFirst());
        if (inside(file)) {
          changes.add(new Sync(file, begun, done));
        }
      }
      case "rename" -> named(How.MOVED, path(texts.get(0)), path(texts.get(1)), begun, done);
      case "link" -> named(How.LINKED, path(texts.get(0)), path(texts.get(1)), begun, done);
      case "unlink" ->
          named(How.DELETED, path(texts.getFirst()), path(texts.getFirst()), begun, done);
      case "mkdir" ->
          named(How.FOLDER, path(texts.getFirst()), path(texts.getFirst()), begun, done);
      default -> {
        if (texts.stream().map(DiskTrace::path).anyMatch(this::inside)) {
          throw new IllegalStateException("not known here: " + name);
        }
      }
    }
  }

  private void opened(
      String name, String arguments, List<byte[]> texts, String result, int begun, int done) {
    Path file = path(texts.get(name.equals("openat") ? 1 : 0));
    int bracket = result.indexOf('<');
    offsets.put(bracket < 0 ? result : result.substring(0, bracket), 0L);
    if (!inside(file)) {
      return;
    }
    if (arguments.contains("O_CREAT")) {
      named(How.NEW, file, file, begun, done);
    }
    if (arguments.contains("O_TRUNC")) {
      changes.add(new Truncation(file, 0, begun, done));
    }
  }

  private void written(String name, String arguments, List<byte[]> texts, int begun, int done) {
    String descriptor = descriptor(arguments);
    byte[] bytes = texts.get(1);
    if (descriptor.equals("1")) {
      said.add(new Said(begun, bytes));
      return;
    }
    Path file = path(texts.getFirst());
    if (!inside(file)) {
      return;
    }
    long offset;
    if (name.equals("write")) {
      offset = offsets.getOrDefault(descriptor, 0L);
      offsets.put(descriptor, offset + bytes.length);
    } else {
      offset = lastNumber(arguments, 1);
    }
    changes.add(new Write(file, offset, bytes, begun, done));
  }

  private void named(How how, Path from, Path to, int begun, int done) {
    if (inside(from) || inside(to)) {
      changes.add(new Naming(how, from, to, begun, done));
    }
  }

  /// The index that SQLite shares between processes is memory, not content: it is never read after
  /// a machine has stopped.
  private boolean inside(Path file) {
    return file != null && file.startsWith(folder) && !file.toString().endsWith("-shm");
  }

  private static String descriptor(String arguments) {
    return arguments.substring(0, arguments.indexOf('<'));
  }

  private static long lastNumber(String arguments, int fromEnd) {
    String[] words = arguments.replace(")", "").split(",");
    return Long.parseLong(words[words.length - fromEnd].strip());
  }

  private static Path path(byte[] text) {
    return Path.of(new String(text, StandardCharsets.UTF_8));
  }

  private static List<byte[]> texts(String arguments) {
    List<byte[]> texts = new ArrayList<>();
    for (int i = 0; i < arguments.length(); i++) {
      char opens = arguments.charAt(i);
      if (opens == '"' || opens == '<') {
        int end = arguments.indexOf(opens == '"' ? '"' : '>', i + 1);
        String text = arguments.substring(i + 1, end);
        if (text.isEmpty() || text.startsWith("\\x")) {
          texts.add(HexFormat.of().parseHex(text.replace("\\x", "")));
        }
        i = end;
      }
    }
    return texts;
  }
}
