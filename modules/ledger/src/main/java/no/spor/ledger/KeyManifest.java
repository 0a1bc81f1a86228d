package no.spor.ledger;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;

/// What the recorded keys on disk consist of, and how far they go.
///
/// @param secret0 half of the secret that fingerprints are keyed with
/// @param blocks how many blocks they cover
/// @param lastHash hash of the last of them; empty where there is none
record KeyManifest(
    UUID ledger,
    long secret0,
    long secret1,
    long blocks,
    byte[] lastHash,
    Map<String, Long> nextSequences,
    List<RunFile> runs) {

  private static final String NAME = "manifest";
  private static final int MAGIC = 0x53_50_4b_31;
  private static final int MAX_BYTES = 1 << 28;

  /// @param number names the file
  /// @param checksum of the whole file
  record RunFile(long number, int checksum) {
    Path in(Path directory) {
      return directory.resolve(number + ".run");
    }
  }

  /// @throws IOException where there is none, or it is not whole
  static KeyManifest read(Path directory) throws IOException {
    var file = directory.resolve(NAME);
    long size = Files.size(file);
    if (size < 8 || size > MAX_BYTES) {
      throw new IOException("manifest of impossible length");
    }
    var bytes = Files.readAllBytes(file);
    int body = bytes.length - 4;
    if (ByteBuffer.wrap(bytes).getInt(body) != checksum(bytes, body)) {
      throw new IOException("manifest is damaged");
    }
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes, 0, body))) {
      if (in.readInt() != MAGIC) {
        throw new IOException("manifest of unknown version");
      }
      return read(in);
    }
  }

  private static KeyManifest read(DataInputStream in) throws IOException {
    var ledger = new UUID(in.readLong(), in.readLong());
    long secret0 = in.readLong();
    long secret1 = in.readLong();
    long blocks = in.readLong();
    var lastHash = in.readNBytes(in.readUnsignedByte());
    int streams = in.readInt();
    var next = new HashMap<String, Long>();
    for (int i = 0; i < streams; i++) {
      var label = in.readNBytes(in.readUnsignedByte());
      next.put(new String(label, StandardCharsets.UTF_8), in.readLong());
    }
    int count = in.readInt();
    var runs = new ArrayList<RunFile>();
    for (int i = 0; i < count; i++) {
      runs.add(new RunFile(in.readLong(), in.readInt()));
    }
    return new KeyManifest(ledger, secret0, secret1, blocks, lastHash, next, runs);
  }

  /// Replaces the manifest of the directory, atomically and durably.
  void write(Path directory) throws IOException {
    var buffer = new ByteArrayOutputStream();
    var out = new DataOutputStream(buffer);
    out.writeInt(MAGIC);
    out.writeLong(ledger.getMostSignificantBits());
    out.writeLong(ledger.getLeastSignificantBits());
    out.writeLong(secret0);
    out.writeLong(secret1);
    out.writeLong(blocks);
    out.writeByte(lastHash.length);
    out.write(lastHash);
    out.writeInt(nextSequences.size());
    for (var stream : nextSequences.entrySet()) {
      var label = stream.getKey().getBytes(StandardCharsets.UTF_8);
      out.writeByte(label.length);
      out.write(label);
      out.writeLong(stream.getValue());
    }
    out.writeInt(runs.size());
    for (var run : runs) {
      out.writeLong(run.number());
      out.writeInt(run.checksum());
    }
    out.writeInt(checksum(buffer.toByteArray(), buffer.size()));

    var fresh = directory.resolve(NAME + ".new");
    try (var channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (var bytes = ByteBuffer.wrap(buffer.toByteArray()); bytes.hasRemaining(); ) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(
        fresh,
        directory.resolve(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    try (var folder = FileChannel.open(directory)) {
      folder.force(true);
    }
  }

  private static int checksum(byte[] bytes, int length) {
    var checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }
}
