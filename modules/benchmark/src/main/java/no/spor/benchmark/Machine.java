package no.spor.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What was measured on.
final class Machine {
  private Machine() {}

  static Map<String, String> facts(Path folder) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("processor", first("/proc/cpuinfo", "model name"));
    facts.put("memory", first("/proc/meminfo", "MemTotal"));
    facts.put("load when begun", text("/proc/loadavg"));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    try {
      facts.put("file system", Files.getFileStore(folder).type());
    } catch (IOException e) {
      facts.put("file system", "unknown");
    }
    facts.put("PostgreSQL", Postgres.programs().map(Path::toString).orElse("not installed"));
    return facts;
  }

  private static String first(String file, String key) {
    return text(file)
        .lines()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  private static String text(String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
