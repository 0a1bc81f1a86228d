package no.spor.server.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;

/// Reads request bodies, bounded.
final class RequestBytes {
  /// 16 MiB, the limit of the contract.
  static final int EVENTS_LIMIT = 16 * 1024 * 1024;

  /// For everything that is no event.
  static final int SMALL_LIMIT = 1024 * 1024;

  private static final int FIRST = 64 * 1024;

  private RequestBytes() {}

  static byte[] read(HttpServletRequest request, int limit) throws IOException {
    if (request.getHeader("Content-Encoding") != null) {
      throw new ProblemException(
          415, "unsupported-media-type", "Send the body without a Content-Encoding.");
    }
    long announced = request.getContentLengthLong();
    if (announced > limit) {
      throw tooLarge(limit);
    }
    byte[] bytes = bytes(request, announced >= 0 ? (int) announced : limit + 1);
    if (bytes.length > limit) {
      throw tooLarge(limit);
    }
    if (announced >= 0 && bytes.length < announced) {
      throw new ProblemException(
          400, "incomplete-request", "The body ended before its Content-Length.");
    }
    return bytes;
  }

  /// Memory is taken as bytes come, not as they are announced.
  private static byte[] bytes(HttpServletRequest request, int most) throws IOException {
    if (!(request.getAttribute(BodyMemory.Share.ATTRIBUTE) instanceof BodyMemory.Share share)) {
      throw new IllegalStateException("a door without the key filter in front of it");
    }
    try (InputStream in = request.getInputStream()) {
      byte[] bytes = new byte[Math.min(most, FIRST)];
      share.take(bytes.length);
      int length = 0;
      while (length < most) {
        if (length == bytes.length) {
          int larger = Math.min(most, bytes.length * 2);
          share.take(larger - bytes.length);
          bytes = Arrays.copyOf(bytes, larger);
        }
        int read = in.read(bytes, length, bytes.length - length);
        if (read < 0) {
          break;
        }
        length += read;
        share.arrived(length);
      }
      return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }
  }

  private static ProblemException tooLarge(int limit) {
    return new ProblemException(
        413, "request-too-large", "A request's body may have " + limit + " bytes at most.");
  }

  /// @return the media type without parameters, lower case; empty where there is none
  static String mediaType(HttpServletRequest request) {
    String header = request.getContentType();
    if (header == null) {
      return "";
    }
    int semicolon = header.indexOf(';');
    String type = semicolon < 0 ? header : header.substring(0, semicolon);
    if (semicolon >= 0) {
      String parameters =
          header.substring(semicolon).toLowerCase(Locale.ROOT).replace(" ", "").replace("\"", "");
      int charset = parameters.indexOf(";charset=");
      if (charset >= 0
          && !parameters.startsWith("utf-8", charset + 9)
          && !parameters.startsWith("us-ascii", charset + 9)) {
        throw new ProblemException(415, "unsupported-media-type", "JSON is read as UTF-8 only.");
      }
    }
    return type.strip().toLowerCase(Locale.ROOT);
  }

  static byte[] json(HttpServletRequest request) throws IOException {
    String type = mediaType(request);
    if (!type.equals("application/json") && !type.endsWith("+json")) {
      throw new ProblemException(415, "unsupported-media-type", "Send application/json.");
    }
    return read(request, SMALL_LIMIT);
  }
}
