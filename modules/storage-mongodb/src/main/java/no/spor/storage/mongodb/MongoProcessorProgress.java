package no.spor.storage.mongodb;

import static no.spor.storage.mongodb.Bson.anyOf;
import static no.spor.storage.mongodb.Bson.number;
import static no.spor.storage.mongodb.Bson.text;
import static no.spor.storage.mongodb.Bson.with;

import com.mongodb.MongoException;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import no.spor.ledger.axon.ProcessorProgress;
import org.bson.BsonDocument;
import org.bson.BsonString;

/// How far each processor has come, and which node has it: a document a segment, each change one
/// conditional update.
final class MongoProcessorProgress implements ProcessorProgress {
  private static final BsonString NOBODY = text("");

  private final MongoViews views;
  private final Documents segments;

  MongoProcessorProgress(MongoViews views, Documents segments) {
    this.views = views;
    this.segments = segments;
  }

  private static BsonString id(String processor, int segment) {
    return text(processor + "/" + segment);
  }

  private static BsonDocument filter(String processor, int segment) {
    return with("_id", id(processor, segment));
  }

  private static BsonDocument ofOwner(String processor, int segment, String owner) {
    return filter(processor, segment).append("owner", text(owner));
  }

  private static BsonDocument available(String processor, int segment, Claim claim) {
    return filter(processor, segment)
        .append(
            "$or",
            anyOf(
                    with("owner", NOBODY),
                    with("owner", text(claim.owner())),
                    with("until", with("$lte", number(claim.nowMillis()))))
                .getArray("$or"));
  }

  @Override
  public List<Segment> segments(String processor) {
    return views.asked(() ->
        segments.find(with("processor", text(processor))).stream()
            .map(MongoProcessorProgress::segment)
            .sorted(Comparator.comparingInt(Segment::id))
            .toList());
  }

  private static Segment segment(BsonDocument document) {
    String owner = document.getString("owner").getValue();
    return new Segment(
        document.getInt32("segment").getValue(),
        document.getInt32("mask").getValue(),
        document.getInt64("position").getValue(),
        owner.isEmpty() ? null : owner,
        document.getInt64("until").getValue());
  }

  @Override
  public boolean create(String processor, int segment, int mask, long position) {
    return views.asked(() -> {
      try {
        segments.insert(
            filter(processor, segment)
                .append("processor", text(processor))
                .append("segment", number(segment))
                .append("mask", number(mask))
                .append("position", number(position))
                .append("owner", NOBODY)
                .append("until", number(0L)));
        return true;
      } catch (MongoException e) {
        if (MongoPlace.isDuplicate(e)) {
          return false;
        }
        throw e;
      }
    });
  }

  @Override
  public OptionalLong claim(String processor, int segment, Claim claim) {
    return views.asked(() -> {
      BsonDocument mine =
          new BsonDocument("owner", text(claim.owner()))
              .append("until", number(claim.untilMillis()));
      if (!segments.update(available(processor, segment, claim), with("$set", mine))) {
        return OptionalLong.empty();
      }
      return segments
          .awaitedFirst(ofOwner(processor, segment, claim.owner()))
          .map(found -> OptionalLong.of(found.getInt64("position").getValue()))
          .orElse(OptionalLong.empty());
    });
  }

  @Override
  public boolean store(String processor, int segment, Claim claim, long position) {
    return changed(
        ofOwner(processor, segment, claim.owner()),
        new BsonDocument("position", number(position))
            .append("until", number(claim.untilMillis())));
  }

  @Override
  public boolean extend(String processor, int segment, Claim claim) {
    return changed(
        ofOwner(processor, segment, claim.owner()), with("until", number(claim.untilMillis())));
  }

  @Override
  public void release(String processor, int segment, String owner) {
    changed(
        ofOwner(processor, segment, owner),
        new BsonDocument("owner", NOBODY).append("until", number(0L)));
  }

  @Override
  public boolean delete(String processor, int segment, Claim claim) {
    return views.asked(() -> segments.delete(available(processor, segment, claim)) > 0);
  }

  @Override
  public String id() {
    return views.id();
  }

  private boolean changed(BsonDocument filter, BsonDocument values) {
    return views.asked(() -> segments.update(filter, with("$set", values)));
  }
}
