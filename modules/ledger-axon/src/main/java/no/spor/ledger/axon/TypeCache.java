package no.spor.ledger.axon;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.axonframework.messaging.core.MessageType;

/// Message types by their text. Tenants name their own types, so it starts afresh when it is full.
final class TypeCache {
  private static final int LIMIT = 4_096;

  private final Map<String, MessageType> known = new ConcurrentHashMap<>();
  private final Function<String, MessageType> make;

  TypeCache(Function<String, MessageType> make) {
    this.make = make;
  }

  MessageType get(String text) {
    MessageType type = known.get(text);
    if (type == null) {
      type = make.apply(text);
      if (known.size() >= LIMIT) {
        known.clear();
      }
      known.put(text, type);
    }
    return type;
  }
}
