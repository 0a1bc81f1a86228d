package no.spor.cli;

import java.util.ResourceBundle;

/// What the demo says. The commands are printed whole, so that they work as they stand in a shell.
final class Demo {
  private Demo() {}

  record Keys(String administrator, String emitter, String officer, String auditor) {}

  static String text(String url, Keys keys) {
    ResourceBundle words = ResourceBundle.getBundle("no.spor.cli.demo");
    String tenant = DemoActivity.COMPANIES.getFirst().id();
    String person = DemoActivity.person(DemoActivity.COMPANIES.getFirst(), 7);
    String json = " -H 'Content-Type: application/json'";
    StringBuilder text = new StringBuilder();
    text.append('\n').append(words.getString("server")).append(' ').append(url).append("   ");
    text.append(words.getString("interface")).append(' ').append(url).append("/docs/\n\n");
    text.append("administrator key: ").append(keys.administrator()).append('\n');
    text.append("emitter key:       ")
        .append(keys.emitter())
        .append("  (")
        .append(tenant)
        .append(")\n");
    text.append("officer key:       ")
        .append(keys.officer())
        .append("  (")
        .append(tenant)
        .append(")\n");
    text.append("auditor key:       ")
        .append(keys.auditor())
        .append("  (")
        .append(tenant)
        .append(")\n\n");
    text.append(words.getString("five")).append("\n\n");
    thing(
        text,
        "1. " + words.getString("record"),
        "curl -s "
            + url
            + "/v1/events -H 'Authorization: Bearer "
            + keys.emitter()
            + "' -H 'Content-Type: application/cloudevents+json'"
            + " -d '{\"specversion\":\"1.0\",\"id\":\"my-first\",\"source\":\"/demo/me\",\"type\":\"login.succeeded\",\"time\":\"'$(date -u +%Y-%m-%dT%H:%M:%SZ)'\","
            + "\"data\":{\"user\":\""
            + person
            + "\",\"ip\":\"10.1.2.3\",\"app\":\"web\"}}'");
    thing(
        text,
        "2. " + words.getString("person"),
        "curl -s "
            + url
            + "/v1/timeline -H 'Authorization: Bearer "
            + keys.officer()
            + "' -H 'Purpose: trying the demo'"
            + json
            + " -d '{\"person\":\""
            + person
            + "\",\"limit\":5}'");
    thing(
        text,
        "3. " + words.getString("site"),
        "curl -s "
            + url
            + "/v1/timeline -H 'Authorization: Bearer "
            + keys.auditor()
            + "'"
            + json
            + " -d '{\"types\":[\"site.checkin\"],\"facets\":{\"/site\":\""
            + DemoActivity.site(0)
            + "\"},\"limit\":5}'");
    thing(
        text,
        "4. " + words.getString("looked"),
        "curl -s "
            + url
            + "/v1/timeline -H 'Authorization: Bearer "
            + keys.officer()
            + "' -H 'Purpose: who looked'"
            + json
            + " -d '{\"types\":[\"personal-data.viewed\"],\"limit\":5}'");
    thing(
        text,
        "5. " + words.getString("tenant"),
        "curl -s "
            + url
            + "/v1/tenants -H 'Authorization: Bearer "
            + keys.administrator()
            + "'"
            + json
            + " -d '{\"id\":\"my-company\",\"name\":\"My company\"}'");
    text.append(words.getString("stop")).append("\n\n");
    return text.toString();
  }

  private static void thing(StringBuilder text, String what, String command) {
    text.append(what).append('\n').append("   ").append(command).append("\n\n");
  }
}
