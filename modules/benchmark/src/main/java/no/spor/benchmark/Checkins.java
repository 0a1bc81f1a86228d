package no.spor.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// What is recorded: check-ins in the order of their file, person by person. Real ones where they
/// can be had, else made up from a seed, of the same shape. More than there are come in rounds: the
/// same places and times, other people and ids.
///
/// All times are moved by one number of days, so that the newest is of yesterday: the files are
/// older than any retention period.
final class Checkins {
  private static final String CHECKINS = "gowalla-nyc-checkins.tsv.gz";
  private static final String VENUES = "gowalla-nyc-venues.tsv.gz";
  private static final long SEED = 20101012;
  private static final int MADE_UP = 138_957;
  private static final int MADE_UP_PEOPLE = 7_115;
  private static final int MADE_UP_SITES = 30_366;

  private final List<Row> rows;
  private final boolean real;
  private final @Nullable String only;
  private final MessageDigest digest;

  private record Row(
      int user, Instant time, String lat, String lon, String site, String siteName) {}

  private Checkins(List<Row> rows, boolean real, @Nullable String only) {
    this.rows = rows;
    this.real = real;
    this.only = only;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// @param folder where the files may lie
  /// @param now the moment of which yesterday is the day before
  static Checkins in(Path folder, Instant now) {
    boolean real = Files.exists(folder.resolve(CHECKINS));
    var rows = real ? read(folder) : madeUp(new Random(SEED));
    var newest = rows.stream().map(Row::time).max(Instant::compareTo).orElseThrow();
    var shift =
        Duration.between(
            newest.truncatedTo(ChronoUnit.DAYS),
            now.truncatedTo(ChronoUnit.DAYS).minus(1, ChronoUnit.DAYS));
    return new Checkins(
        rows.stream()
            .map(row ->
                new Row(row.user, row.time.plus(shift), row.lat, row.lon, row.site, row.siteName))
            .toList(),
        real,
        null);
  }

  /// @return the same, in the order of their times
  Checkins byTime() {
    return new Checkins(rows.stream().sorted(Comparator.comparing(Row::time)).toList(), real, only);
  }

  /// @return the same, for another thread
  Checkins copy() {
    return new Checkins(rows, real, only);
  }

  /// @return the same, all of one person
  Checkins of(String person) {
    return new Checkins(rows, real, person);
  }

  String description() {
    return real
        ? "%,d real check-ins in New York (Gowalla)".formatted(rows.size())
        : "%,d made-up check-ins (seed %d)".formatted(rows.size(), SEED);
  }

  /// @param index from 0; without an end
  Checkin at(long index) {
    var row = rows.get((int) (index % rows.size()));
    long round = index / rows.size();
    digest.update((byte) round);
    var id =
        HexFormat.of()
            .formatHex(
                digest.digest(Long.toString(index).getBytes(StandardCharsets.US_ASCII)), 0, 16);
    return new Checkin(
        id,
        only == null ? person(row.user, round) : only,
        row.time,
        row.site,
        row.siteName,
        row.lat,
        row.lon);
  }

  private static String person(int user, long round) {
    return "user-" + user + (round == 0 ? "" : "-" + round) + "@gowalla.example";
  }

  /// @return bodies of up to `size` lines each, of the events from `from` on
  List<byte[]> batches(String tenant, long from, int count, int size) {
    var batches = new ArrayList<byte[]>();
    for (long at = from; at < from + count; at += size) {
      var lines = new StringBuilder(size * 300);
      for (long i = at; i < Math.min(at + size, from + count); i++) {
        lines.append(at(i).json(tenant)).append('\n');
      }
      batches.add(lines.toString().getBytes(StandardCharsets.UTF_8));
    }
    return batches;
  }

  private static List<Row> read(Path folder) {
    Map<String, String> names = new HashMap<>();
    for (var fields : lines(folder.resolve(VENUES))) {
      names.put(fields[0], fields[1]);
    }
    List<Row> rows = new ArrayList<>();
    for (var fields : lines(folder.resolve(CHECKINS))) {
      rows.add(
          new Row(
              Integer.parseInt(fields[0]),
              Instant.parse(fields[1]),
              fields[2],
              fields[3],
              fields[4],
              names.getOrDefault(fields[4], "")));
    }
    return rows;
  }

  private static List<String[]> lines(Path file) {
    try (InputStream raw = Files.newInputStream(file);
        var reader =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(raw), StandardCharsets.UTF_8))) {
      return reader.lines().map(line -> line.split("\t", -1)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Few people have many check-ins and most have few; sites are alike.
  private static List<Row> madeUp(Random random) {
    List<Row> rows = new ArrayList<>();
    var end = Instant.parse("2010-10-23T00:00:00Z");
    for (int user = 0; rows.size() < MADE_UP; user = (user + 1) % MADE_UP_PEOPLE) {
      int count = (int) Math.min(1_000, 2 / Math.pow(1 - random.nextDouble(), 0.9));
      var time = end.minusSeconds(random.nextInt(30 * 86_400));
      for (int i = 0; i < count && rows.size() < MADE_UP; i++) {
        time = time.minusSeconds(60 + (long) (random.nextDouble() * random.nextDouble() * 400_000));
        int site = (int) (MADE_UP_SITES * Math.pow(random.nextDouble(), 2));
        rows.add(
            new Row(
                user,
                time,
                Double.toString(40.5 + random.nextDouble() * 0.5),
                Double.toString(-74.2 + random.nextDouble() * 0.5),
                Integer.toString(10_000 + site),
                "Place number " + site + " of New York"));
      }
    }
    return rows;
  }
}
