package no.spor.cli;

import java.util.ResourceBundle;

/// What the demo says. The commands are printed whole, so that they work as they stand in a shell.
final class Demo {
  private static final String JSON = "application/json";

  private Demo() {}

  record Keys(String administrator, String emitter, String officer, String auditor) {}

  static String text(String url, Keys keys) {
    ResourceBundle words = ResourceBundle.getBundle("no.spor.cli.demo");
    String tenant = DemoActivity.COMPANIES.getFirst().id();
    StringBuilder text = new StringBuilder(4_000);
    text.append('\n').append(words.getString("server")).append(' ').append(url);
    text.append("   ").append(words.getString("interface")).append(' ').append(url);
    text.append("/docs/\n\nadministrator key: ").append(keys.administrator()).append('\n');
    key(text, "emitter", keys.emitter(), tenant);
    key(text, "officer", keys.officer(), tenant);
    key(text, "auditor", keys.auditor(), tenant);
    text.append('\n').append(words.getString("five")).append("\n\n");
    fiveThings(text, words, url, keys);
    return text.append(words.getString("stop")).append("\n\n").toString();
  }

  private static void fiveThings(StringBuilder text, ResourceBundle words, String url, Keys keys) {
    String person = DemoActivity.person(DemoActivity.COMPANIES.getFirst(), 7);
    thing(
        text,
        "1. " + words.getString("record"),
        curl(url, "/v1/events", keys.emitter(), "application/cloudevents+json")
            + " -d '{\"specversion\":\"1.0\",\"id\":\"my-first\",\"source\":\"/demo/me\","
            + "\"type\":\"login.succeeded\",\"time\":\"'$(date -u +%Y-%m-%dT%H:%M:%SZ)'\","
            + "\"data\":{\"user\":\""
            + person
            + "\",\"ip\":\"10.1.2.3\",\"app\":\"web\"}}'");
    thing(
        text,
        "2. " + words.getString("person"),
        curl(url, "/v1/timeline", keys.officer(), JSON)
            + " -H 'Purpose: trying the demo' -d '{\"person\":\""
            + person
            + "\",\"limit\":5}'");
    thing(
        text,
        "3. " + words.getString("site"),
        curl(url, "/v1/timeline", keys.auditor(), JSON)
            + " -d '{\"types\":[\"site.checkin\"],\"facets\":{\"/site\":\""
            + DemoActivity.site(0)
            + "\"},\"limit\":5}'");
    thing(
        text,
        "4. " + words.getString("looked"),
        curl(url, "/v1/timeline", keys.officer(), JSON)
            + " -H 'Purpose: who looked' -d '{\"types\":[\"personal-data.viewed\"],\"limit\":5}'");
    thing(
        text,
        "5. " + words.getString("erase"),
        curl(url, "/v1/erasure-requests", keys.officer(), JSON)
            + " -d '{\"person\":\""
            + DemoActivity.person(DemoActivity.COMPANIES.getFirst(), 8)
            + "\",\"basis\":\"Art. 17(1)(b)\",\"identityVerifiedBy\":\"me\"}'"
            + " | sed 's/^{\"id\":\"//;s/\".*//' | xargs -I@ "
            + curl(url, "/v1/erasure-requests/@/approve", keys.officer(), JSON)
            + " -d '{}'");
  }

  private static String curl(String url, String path, String key, String mediaType) {
    return "curl -s "
        + url
        + path
        + " -H 'Authorization: Bearer "
        + key
        + "' -H 'Content-Type: "
        + mediaType
        + "'";
  }

  private static void key(StringBuilder text, String role, String key, String tenant) {
    text.append(role).append(" key:       ").append(key).append("  (").append(tenant).append(")\n");
  }

  private static void thing(StringBuilder text, String what, String command) {
    text.append(what).append('\n').append("   ").append(command).append("\n\n");
  }
}
