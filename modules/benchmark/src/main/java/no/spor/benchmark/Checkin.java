package no.spor.benchmark;

import java.time.Instant;

/// A check-in: who was where, when.
record Checkin(
    String id, String user, Instant time, String site, String siteName, String lat, String lon) {

  private static final String SOURCE = "/gowalla";
  static final String TYPE = "site.checkin";

  /// @return as a CloudEvent, one line without its end
  String json(String tenant) {
    return new StringBuilder(360)
        .append("{\"specversion\":\"1.0\",\"id\":\"")
        .append(id)
        .append("\",\"source\":\"" + SOURCE + "\",\"type\":\"" + TYPE + "\",\"tenant\":\"")
        .append(tenant)
        .append("\",\"time\":\"")
        .append(time)
        .append("\",\"datacontenttype\":\"application/json\",\"data\":")
        .append(data())
        .append('}')
        .toString();
  }

  /// @return the event's data alone
  String data() {
    return new StringBuilder(160)
        .append("{\"user\":\"")
        .append(user)
        .append("\",\"site\":\"")
        .append(site)
        .append("\",\"siteName\":\"")
        .append(siteName.replace("\\", "\\\\").replace("\"", "\\\""))
        .append("\",\"position\":{\"lat\":")
        .append(lat)
        .append(",\"lon\":")
        .append(lon)
        .append("}}")
        .toString();
  }
}
