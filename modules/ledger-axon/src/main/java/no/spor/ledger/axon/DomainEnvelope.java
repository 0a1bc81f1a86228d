package no.spor.ledger.axon;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// The plaintext of an administrative event's part: what Axon wants back and the header does not
/// say.
///
/// Version 1, integers big-endian: `01 || count(2) || (str(key) str(value))* || payload`, where
/// `str` is a length of four bytes and UTF-8. What follows the metadata is the payload.
record DomainEnvelope(Map<String, String> metadata, byte[] payload) {
  private static final int FORMAT = 1;

  byte[] encode() {
    byte[][] strings = new byte[2 * metadata.size()][];
    int at = 0;
    for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
      strings[at++] = entry.getKey().getBytes(StandardCharsets.UTF_8);
      strings[at++] = entry.getValue().getBytes(StandardCharsets.UTF_8);
    }
    if (metadata.size() > 0xffff) {
      throw new IllegalArgumentException("an event has at most 65535 entries of metadata");
    }
    int length = 1 + 2 + payload.length;
    for (byte[] string : strings) {
      length += 4 + string.length;
    }
    ByteBuffer out = ByteBuffer.allocate(length).put((byte) FORMAT);
    out.putShort((short) metadata.size());
    for (byte[] string : strings) {
      out.putInt(string.length).put(string);
    }
    return out.put(payload).array();
  }

  static DomainEnvelope decode(byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      if (in.get() != FORMAT) {
        throw new IllegalArgumentException("an administrative payload of unknown format");
      }
      Map<String, String> metadata = new TreeMap<>();
      for (int left = Short.toUnsignedInt(in.getShort()); left > 0; left--) {
        metadata.put(string(in), string(in));
      }
      byte[] payload = new byte[in.remaining()];
      in.get(payload);
      return new DomainEnvelope(metadata, payload);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("an administrative payload that ends too early", e);
    }
  }

  private static String string(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "DomainEnvelope[…]";
  }
}
