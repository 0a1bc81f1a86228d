package no.spor.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// A value as one segment of an address.
final class PathSegment {
  private PathSegment() {}

  static String of(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
