package no.spor.server.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import no.spor.recording.Problem;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Writes problem documents (RFC 9457, `application/problem+json`). `type` is `/problems/` and the
/// slug.
final class Problems {
  static final String MEDIA_TYPE = "application/problem+json";
  static final String TYPE_PREFIX = "/problems/";

  private Problems() {}

  static byte[] bytes(Problem problem) {
    return JsonBytes.write(json -> write(json, problem));
  }

  static void write(JsonGenerator json, Problem problem) {
    json.writeStartObject();
    json.writeStringProperty("type", TYPE_PREFIX + problem.slug());
    json.writeStringProperty("title", title(problem.slug()));
    json.writeNumberProperty("status", problem.status());
    json.writeStringProperty("detail", problem.detail());
    json.writeEndObject();
  }

  private static String title(String slug) {
    String words = slug.replace('-', ' ');
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  static void send(HttpServletResponse response, Problem problem, @Nullable Long retryAfterSeconds)
      throws IOException {
    if (response.isCommitted()) {
      return;
    }
    String allowed = response.getHeader("Allow"); // RFC 9110, 15.5.6: what a 405 must tell
    response.reset();
    if (allowed != null) {
      response.setHeader("Allow", allowed);
    }
    response.setStatus(problem.status());
    response.setContentType(MEDIA_TYPE);
    response.setHeader("Cache-Control", "no-store");
    if (problem.status() == 401) {
      response.setHeader("WWW-Authenticate", "Bearer realm=\"spor\", charset=\"UTF-8\"");
    }
    if (retryAfterSeconds != null) {
      response.setHeader("Retry-After", Long.toString(retryAfterSeconds));
    }
    byte[] body = bytes(problem);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  /// @return the text of a header as UTF-8: servlet containers hand it over as ISO 8859-1
  static String utf8(String header) {
    return new String(header.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
