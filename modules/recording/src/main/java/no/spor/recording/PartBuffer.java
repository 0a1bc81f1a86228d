package no.spor.recording;

import java.util.Arrays;

/// Builds one part's JSON object out of members of a document, each at the place where it was:
/// objects on the way there are opened when the first member comes, so that the parts of an event
/// can be joined again. Holds plaintext for as long as one event is being split. Not thread-safe.
final class PartBuffer {
  private byte[] bytes = new byte[1024];
  private int size;
  private int open;

  /// @param chain the objects on the way, the document's data first
  /// @param depth index in `chain` of the object the member stands in
  void member(JsonDocument document, int[] chain, int depth, int node) {
    while (open <= depth) {
      if (open > 0) {
        int object = chain[open];
        comma();
        copy(document.bytes(), document.nameStart(object), document.start(object));
      }
      put('{');
      open++;
    }
    comma();
    copy(document.bytes(), document.nameStart(node), document.end(node));
  }

  /// The object at `depth` ends.
  void close(int depth) {
    if (open == depth + 1) {
      put('}');
      open = depth;
    }
  }

  boolean empty() {
    return size == 0;
  }

  /// @return codec 01's content: the object
  byte[] toObject() {
    return Arrays.copyOf(bytes, size);
  }

  /// @return codec 02's content: length of the object (4 bytes), the object, the attributes
  byte[] toObjectWith(byte[] attributes) {
    int length = empty() ? 2 : size;
    byte[] content = new byte[4 + length + attributes.length];
    content[0] = (byte) (length >>> 24);
    content[1] = (byte) (length >>> 16);
    content[2] = (byte) (length >>> 8);
    content[3] = (byte) length;
    if (empty()) {
      content[4] = '{';
      content[5] = '}';
    } else {
      System.arraycopy(bytes, 0, content, 4, size);
    }
    System.arraycopy(attributes, 0, content, 4 + length, attributes.length);
    return content;
  }

  void wipe() {
    Arrays.fill(bytes, 0, size, (byte) 0);
    size = 0;
    open = 0;
  }

  private void comma() {
    if (bytes[size - 1] != '{') {
      put(',');
    }
  }

  private void put(char c) {
    reserve(1);
    bytes[size++] = (byte) c;
  }

  private void copy(byte[] source, int from, int to) {
    reserve(to - from);
    System.arraycopy(source, from, bytes, size, to - from);
    size += to - from;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      byte[] old = bytes;
      bytes = Arrays.copyOf(old, Math.max(size + more, 2 * size));
      Arrays.fill(old, 0, size, (byte) 0);
    }
  }
}
