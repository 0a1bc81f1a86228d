package no.spor.storage.mongodb;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonDocumentWriter;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;

/// MongoDB's messages, as far as the driver's and a server's go: OP_MSG, and OP_QUERY for the first
/// handshake.
final class Wire {
  static final int OP_REPLY = 1;
  static final int OP_QUERY = 2004;
  static final int OP_MSG = 2013;
  private static final int HEADER = 16;

  private Wire() {}

  static byte[] read(DataInputStream in) throws IOException {
    byte[] length = in.readNBytes(4);
    if (length.length < 4) {
      throw new IOException("end");
    }
    int size = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt();
    byte[] message = new byte[size];
    System.arraycopy(length, 0, message, 0, 4);
    in.readFully(message, 4, size - 4);
    return message;
  }

  static int operation(byte[] message) {
    return little(message).getInt(12);
  }

  static int id(byte[] message) {
    return little(message).getInt(4);
  }

  static int responseTo(byte[] message) {
    return little(message).getInt(8);
  }

  private static ByteBuffer little(byte[] message) {
    return ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// @return the command of an OP_MSG, then the documents of its sequences
  static List<BsonDocument> documents(byte[] message) {
    BsonDocument whole = command(message);
    List<BsonDocument> all = new ArrayList<>(List.of(whole));
    for (String name : List.of("documents", "updates", "deletes")) {
      if (whole.get(name) instanceof BsonArray sequence) {
        sequence.forEach(one -> all.add(one.asDocument()));
      }
    }
    return all;
  }

  /// @return the command of a message, with its sequences as arrays
  static BsonDocument command(byte[] message) {
    ByteBuffer in = little(message);
    if (operation(message) == OP_QUERY) {
      in.position(HEADER + 4);
      skipText(in);
      in.position(in.position() + 8);
      return document(message, in);
    }
    boolean checksum = (in.getInt(HEADER) & 1) != 0;
    in.position(HEADER + 4);
    int end = message.length - (checksum ? 4 : 0);
    BsonDocument command = new BsonDocument();
    while (in.position() < end) {
      if (in.get() == 0) {
        BsonDocument body = document(message, in);
        body.putAll(command);
        command = body;
      } else {
        int until = in.position() + in.getInt(in.position());
        in.getInt();
        String name = skipText(in);
        BsonArray sequence = new BsonArray();
        while (in.position() < until) {
          sequence.add(document(message, in));
        }
        command.append(name, sequence);
      }
    }
    return command;
  }

  private static String skipText(ByteBuffer in) {
    StringBuilder text = new StringBuilder();
    for (byte b = in.get(); b != 0; b = in.get()) {
      text.append((char) b);
    }
    return text.toString();
  }

  private static BsonDocument document(byte[] message, ByteBuffer in) {
    int size = in.getInt(in.position());
    BsonDocument read = new RawBsonDocument(message, in.position(), size);
    in.position(in.position() + size);
    return copy(read);
  }

  static BsonDocument copy(BsonDocument document) {
    BsonDocument copy = new BsonDocument();
    new BsonDocumentCodec()
        .encode(new BsonDocumentWriter(copy), document, EncoderContext.builder().build());
    return copy;
  }

  static byte[] bytes(BsonDocument document) {
    var raw = new RawBsonDocument(document, new BsonDocumentCodec()).getByteBuffer().asNIO();
    byte[] bytes = new byte[raw.remaining()];
    raw.get(bytes);
    return bytes;
  }

  /// @return the answer to a message
  static byte[] answer(byte[] asked, BsonDocument reply) {
    byte[] body = bytes(reply);
    boolean old = operation(asked) == OP_QUERY;
    int size = HEADER + (old ? 20 : 5) + body.length;
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(size).putInt(id(asked) + 1).putInt(id(asked)).putInt(old ? OP_REPLY : OP_MSG);
    if (old) {
      out.putInt(8).putLong(0).putInt(0).putInt(1);
    } else {
      out.putInt(0).put((byte) 0);
    }
    return out.put(body).array();
  }

  /// @return the same message with another body
  static byte[] with(byte[] message, BsonDocument body) {
    byte[] bytes = bytes(body);
    int size = HEADER + 5 + bytes.length;
    return ByteBuffer.allocate(size)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(size)
        .put(message, 4, HEADER - 4)
        .putInt(0)
        .put((byte) 0)
        .put(bytes)
        .array();
  }
}
