package no.spor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Check-ins of made-up people, one a line, and who did what.
final class MadeUpCheckins {
  static final String TENANT = "bygg-as";

  private MadeUpCheckins() {}

  /// Writes a file. The same for the same seed.
  static void write(Path file, long seed, int events, int people) throws IOException {
    Random random = new Random(seed);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < events; i++) {
      lines.append(
          """
          {"specversion":"1.0","id":"%d-%d","source":"/gate","type":"site.checkin","tenant":"%s",\
          "time":"20%02d-%02d-%02dT%02d:%02d:00Z","data":{"user":"person-%d@bygg.example","site":"%d",\
          "siteName":"Byggeplass %d","position":{"lat":59.%d,"lon":10.%d0}}}
          """
              .formatted(
                  seed,
                  i,
                  TENANT,
                  15 + random.nextInt(10),
                  1 + random.nextInt(12),
                  1 + random.nextInt(28),
                  random.nextInt(24),
                  random.nextInt(60),
                  random.nextInt(people),
                  random.nextInt(30),
                  random.nextInt(30),
                  random.nextInt(1_000_000),
                  random.nextInt(1_000_000)));
    }
    Files.writeString(file, lines);
  }

  /// @return person to what is to be found of that person: id to type, time and data
  static Map<String, Map<String, String>> byPerson(Path file) throws IOException {
    Map<String, Map<String, String>> people = new TreeMap<>();
    try (var lines = Files.lines(file)) {
      lines.forEach(line -> {
        JsonNode event = ImportedData.EXACT.readTree(line);
        people
            .computeIfAbsent(event.at("/data/user").asString(), person -> new HashMap<>())
            .put(
                event.path("id").asString(),
                ImportedData.text(
                    event.path("type").asString(),
                    event.path("time").asString(),
                    event.path("data")));
      });
    }
    return people;
  }
}
