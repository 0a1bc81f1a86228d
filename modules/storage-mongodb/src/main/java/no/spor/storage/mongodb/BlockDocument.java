package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.bytes;
import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import no.spor.ledger.Block;
import no.spor.ledger.Block.PartGroup;
import no.spor.ledger.BlockHead;
import no.spor.ledger.KeyStoreMark;
import no.spor.ledger.LedgerDamageException;
import no.spor.ledger.LedgerFormat;
import no.spor.ledger.Tag;
import org.bson.BSONException;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;

/// A block as a document.
///
/// `_id` is `<ledger>/<number, 16 hexadecimal digits>`: as text it sorts as (ledger, number), in
/// any server and as a shard key too. `marks` is the one array that blocks are searched by:
/// `control`, `tag/<hexadecimal>`, `label/<label>`. `g0`, `g1`, … are the part groups, each
/// replaced for itself when parts are dropped; `state` is another after each drop.
final class BlockDocument {
  static final String MARKS = "marks";
  static final String STATE = "state";
  static final String CONTROL = "control";
  static final BsonDocument HEAD_FIELDS =
      Bson.fields(
          "first", "count", "previous", "commit", "epoch", "keys", "generation", "control", "hash");

  private static final int TAG_BYTES = 16;
  private static final int NUMBER_DIGITS = 16;

  /// A block's limit counts no framing; this is more than enough for it.
  private static final int MAX_BYTES = 2 * LedgerFormat.MAX_BLOCK_BYTES;

  private BlockDocument() {}

  static BsonString id(UUID ledger, long number) {
    return text(ledger + "/" + HexFormat.of().toHexDigits(number));
  }

  static long numberOf(BsonDocument document) {
    var id = document.getString("_id").getValue();
    return HexFormat.fromHexDigitsToLong(id, id.length() - NUMBER_DIGITS, id.length());
  }

  static String mark(Tag tag) {
    var hex = HexFormat.of();
    return "tag/" + hex.toHexDigits(tag.high()) + hex.toHexDigits(tag.low());
  }

  static String markOfLabel(String label) {
    return "label/" + label;
  }

  static String group(int index) {
    return "g" + index;
  }

  static BsonDocument of(Block block) {
    var head = block.head();
    var marks = new BsonArray();
    if (head.control()) {
      marks.add(text(CONTROL));
    }
    block.tags().forEach(tag -> marks.add(text(mark(tag))));
    block.groups().forEach(group -> marks.add(text(markOfLabel(group.label()))));
    var document =
        new BsonDocument("_id", id(head.ledger(), head.number()))
            .append("ledger", text(head.ledger()))
            .append("first", number(head.firstPosition()))
            .append("count", number(head.count()))
            .append("previous", bytes(head.previousHash()))
            .append("commit", text(head.commit()))
            .append("epoch", number(head.epoch()))
            .append("keys", text(head.keys().keyStore()))
            .append("generation", number(head.keys().generation()))
            .append("control", BsonBoolean.valueOf(head.control()))
            .append("hash", bytes(head.hash()))
            .append(MARKS, marks)
            .append("tags", bytes(packTags(block.tags())))
            .append("salts", bytes(block.salts()))
            .append("entries", bytes(block.entries()))
            .append("headers", bytes(packHeaders(block.headers())))
            .append(STATE, text(head.commit()));
    for (int i = 0; i < block.groups().size(); i++) {
      document.append(group(i), of(block.groups().get(i)));
    }
    return document;
  }

  static BsonDocument of(PartGroup group) {
    return new BsonDocument("label", text(group.label()))
        .append("bytes", bytes(AtRest.pack(group.bytes())));
  }

  static Block read(UUID ledger, BsonDocument document) {
    try {
      var head = readHead(ledger, document);
      var entries = document.getBinary("entries").getData();
      if (entries.length != head.count() * LedgerFormat.HASH_BYTES) {
        throw damage();
      }
      return new Block(
          head,
          entries,
          document.getBinary("salts").getData(),
          unpackHeaders(head.count(), document.getBinary("headers").getData()),
          readGroups(document),
          unpackTags(document.getBinary("tags").getData()));
    } catch (BSONException e) {
      throw damage();
    }
  }

  static BlockHead readHead(UUID ledger, BsonDocument document) {
    try {
      int count = document.getInt32("count").getValue();
      var previous = document.getBinary("previous").getData();
      var hash = document.getBinary("hash").getData();
      if (count < 1
          || count > LedgerFormat.MAX_BLOCK_RECORDS
          || previous.length != LedgerFormat.HASH_BYTES
          || hash.length != LedgerFormat.HASH_BYTES) {
        throw damage();
      }
      return new BlockHead(
          ledger,
          numberOf(document),
          document.getInt64("first").getValue(),
          count,
          previous,
          id(document, "commit"),
          document.getInt64("epoch").getValue(),
          new KeyStoreMark(id(document, "keys"), document.getInt64("generation").getValue()),
          document.getBoolean("control").getValue(),
          hash);
    } catch (BSONException | IllegalArgumentException e) {
      throw damage();
    }
  }

  static List<PartGroup> readGroups(BsonDocument document) {
    try {
      var groups = new ArrayList<PartGroup>();
      for (int i = 0; document.containsKey(group(i)); i++) {
        var group = document.getDocument(group(i));
        groups.add(
            new PartGroup(
                group.getString("label").getValue(),
                AtRest.unpack(group.getBinary("bytes").getData(), 2 * MAX_BYTES)));
      }
      return List.copyOf(groups);
    } catch (BSONException e) {
      throw damage();
    }
  }

  private static UUID id(BsonDocument document, String field) {
    return UUID.fromString(document.getString(field).getValue());
  }

  private static byte[] packHeaders(List<byte[]> headers) {
    int length = headers.stream().mapToInt(header -> 2 + header.length).sum();
    var to = ByteBuffer.allocate(length);
    headers.forEach(header -> to.putShort((short) header.length));
    headers.forEach(to::put);
    return AtRest.pack(to.array());
  }

  private static List<byte[]> unpackHeaders(int count, byte[] packed) {
    var from = ByteBuffer.wrap(AtRest.unpack(packed, MAX_BYTES + 2 * count));
    try {
      var lengths = new int[count];
      for (int i = 0; i < count; i++) {
        lengths[i] = Short.toUnsignedInt(from.getShort());
      }
      var headers = new ArrayList<byte[]>(count);
      for (int length : lengths) {
        var header = new byte[length];
        from.get(header);
        headers.add(header);
      }
      if (from.hasRemaining()) {
        throw damage();
      }
      return List.copyOf(headers);
    } catch (BufferUnderflowException e) {
      throw damage();
    }
  }

  private static byte[] packTags(Set<Tag> tags) {
    var to = ByteBuffer.allocate(tags.size() * TAG_BYTES);
    tags.forEach(tag -> to.putLong(tag.high()).putLong(tag.low()));
    return to.array();
  }

  private static Set<Tag> unpackTags(byte[] packed) {
    if (packed.length % TAG_BYTES != 0) {
      throw damage();
    }
    var from = ByteBuffer.wrap(packed);
    var tags = new LinkedHashSet<Tag>();
    while (from.hasRemaining()) {
      tags.add(new Tag(from.getLong(), from.getLong()));
    }
    return tags;
  }

  private static LedgerDamageException damage() {
    return new LedgerDamageException("a stored block is not in the form it was written in");
  }
}
