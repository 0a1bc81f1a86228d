package no.spor.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Made-up activity of made-up people, the same from run to run but for the clock. Not thread-safe.
final class DemoActivity {
  static final List<Company> COMPANIES =
      List.of(
          new Company("bygg-as", "Bygg AS", 40),
          new Company("fjord-entreprenor", "Fjord Entreprenør", 25));
  private static final List<String> SITES =
      List.of("Barcode B13", "Fjordbyen skole", "Tunnel øst", "Havnelageret", "Lilleelva bru");
  private static final List<String> MODULES =
      List.of("timesheet", "crew-list", "drawings", "deviations", "inductions");
  private static final List<String> BROWSERS = List.of("Firefox", "Chrome", "Safari", "Edge");
  private static final Duration PAST = Duration.ofDays(20);
  private final Instant begun;
  private final Random random = new Random(20261122);
  private long number;

  DemoActivity(Instant begun) {
    this.begun = begun.truncatedTo(ChronoUnit.SECONDS);
  }

  record Company(String id, String name, int people) {}

  static String person(Company company, int number) {
    return String.format("worker-%02d@%s.example", number, company.id());
  }

  static String site(int number) {
    return "site-" + (number + 1);
  }

  /// @return events `from` to `from + some` of `all`, spread over the days before the demo began,
  ///   one a line
  byte[] past(int from, int some, int all) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (int i = from; i < from + some; i++) {
      Duration ago = PAST.multipliedBy(all - i).dividedBy(all);
      lines.writeBytes(line(begun.minus(ago)));
    }
    return lines.toByteArray();
  }

  /// @return a few events of this moment
  byte[] now(Instant time) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    int some = 1 + random.nextInt(4);
    for (int i = 0; i < some; i++) {
      lines.writeBytes(line(time.truncatedTo(ChronoUnit.MILLIS)));
    }
    return lines.toByteArray();
  }

  private byte[] line(Instant time) {
    Company company = COMPANIES.get(random.nextInt(5) < 3 ? 0 : 1);
    ObjectNode data = JsonMapper.shared().createObjectNode();
    data.put("user", person(company, 1 + random.nextInt(company.people())));
    String type = fill(data);
    ObjectNode event = JsonMapper.shared().createObjectNode();
    event
        .put("specversion", "1.0")
        .put("id", "demo-" + number++)
        .put("source", "/demo/" + company.id());
    event.put("type", type).put("time", time.toString()).put("tenant", company.id());
    event.set("data", data);
    return (event + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private String fill(ObjectNode data) {
    int kind = random.nextInt(100);
    int site = random.nextInt(SITES.size());
    if (kind < 25) {
      data.put("site", site(site)).put("siteName", SITES.get(site));
      data.putObject("position")
          .put("lat", 59.9 + random.nextInt(1000) / 10_000.0)
          .put("lon", 10.7 + random.nextInt(1000) / 10_000.0);
      return kind < 13 ? "site.checkin" : "site.checkout";
    }
    if (kind < 50) {
      data.put("ip", "10.20." + random.nextInt(256) + "." + random.nextInt(256))
          .put("app", random.nextBoolean() ? "web" : "mobile");
      data.putObject("browser")
          .put("family", BROWSERS.get(random.nextInt(BROWSERS.size())))
          .put("version", "" + (120 + random.nextInt(12)));
      return kind < 30 ? "login.failed" : "login.succeeded";
    }
    if (kind < 85) {
      data.put("module", MODULES.get(random.nextInt(MODULES.size()))).put("app", "web");
      return "module.opened";
    }
    data.put("app", "mobile");
    data.putObject("position")
        .put("lat", 59.9 + random.nextInt(1000) / 10_000.0)
        .put("lon", 10.7 + random.nextInt(1000) / 10_000.0);
    return "position.reported";
  }
}
