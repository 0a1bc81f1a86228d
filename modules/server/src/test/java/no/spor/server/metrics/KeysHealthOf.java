package no.spor.server.metrics;

import no.spor.server.Node;

/// What `/actuator/health` says of a node's keys.
public final class KeysHealthOf {
  private KeysHealthOf() {}

  public static String status(Node node) {
    return new KeysHealth(new KeysCondition(node)).health().getStatus().getCode();
  }
}
