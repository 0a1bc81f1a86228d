package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.bytes;
import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import com.mongodb.MongoException;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.WriteModel;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import no.spor.ledger.LedgerStoreException;
import no.spor.ledger.tree.TileStore;
import org.bson.BsonDocument;
import org.bson.BsonString;

/// Full tiles in the ledger's database, a document each. Thread-safe. Several are kept one by one:
/// after a crash some may be missing, which are made anew from the entries.
final class MongoTileStore implements TileStore {
  private static final ReplaceOptions INSERTING = new ReplaceOptions().upsert(true);

  private final Documents tiles;
  private final UUID ledger;

  MongoTileStore(MongoPlace place, UUID ledger) {
    this.tiles = place.documents("tiles");
    this.ledger = ledger;
  }

  private BsonString id(int level, long index) {
    return text(ledger + "/" + level + "/" + HexFormat.of().toHexDigits(index));
  }

  @Override
  public Optional<byte[]> tile(int level, long index) {
    return asked(
        () -> tiles.withId(id(level, index)).map(found -> found.getBinary("hashes").getData()));
  }

  @Override
  public void put(List<Tile> some) {
    List<WriteModel<BsonDocument>> writes =
        some.stream()
            .<WriteModel<BsonDocument>>map(tile -> {
              BsonDocument filter = with("_id", id(tile.level(), tile.index()));
              return new ReplaceOneModel<>(
                  filter,
                  filter
                      .clone()
                      .append("ledger", text(ledger))
                      .append("end", number((tile.index() + 1) << (8 * (tile.level() + 1))))
                      .append("hashes", bytes(tile.hashes())),
                  INSERTING);
            })
            .toList();
    if (!writes.isEmpty()) {
      asked(() -> tiles.write(writes));
    }
  }

  @Override
  public void removeFrom(long position) {
    asked(() ->
        tiles.delete(
            new BsonDocument("ledger", text(ledger)).append("end", with("$gt", number(position)))));
  }

  private static <T> T asked(Supplier<T> work) {
    try {
      return work.get();
    } catch (MongoException e) {
      throw new LedgerStoreException("the tiles are out of reach", e);
    }
  }
}
