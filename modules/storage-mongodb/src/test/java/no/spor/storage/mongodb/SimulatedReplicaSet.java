package no.spor.storage.mongodb;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import no.spor.storage.mongodb.SimulatedMember.Entry;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;

/// Three members that elect a primary, replicate, lag and roll back as those of MongoDB do (Raft's
/// rules: a majority elects who is not behind it; a majority has what it has replicated in the
/// primary's own term). A primary that was replaced may go on for a while, as far as it knows.
///
/// Does nothing by itself and knows no threads: whoever calls decides what happens next.
final class SimulatedReplicaSet {
  private static final long START_SECONDS = 1_800_000_000L;

  final List<SimulatedMember> members = new ArrayList<>();
  private SimulatedMember newest;
  private long ticks;
  int rollbacks;

  SimulatedReplicaSet(Random random) {
    for (int i = 0; i < 3; i++) {
      members.add(new SimulatedMember(i, random.nextInt(600) - 300));
    }
    newest = members.getFirst();
    newest.primary = true;
    newest.term = 1;
    note(newest);
  }

  /// @return the primary of the latest term
  SimulatedMember primary() {
    return newest;
  }

  void tick() {
    ticks++;
  }

  private long now(SimulatedMember member) {
    long clock = (START_SECONDS + member.skewSeconds + ticks / 20) << 32;
    return Math.max(clock, member.lastTime() + 1);
  }

  /// An entry that changes nothing: whoever waits for a later time than any change's gets there.
  void note(SimulatedMember member) {
    member.append(new Entry(member.term, now(member), "", null));
  }

  void noteUntil(SimulatedMember member, long time) {
    if (member.lastTime() < time) {
      member.append(new Entry(member.term, Math.max(time, now(member)), "", null));
    }
  }

  // ---- elections and replication

  /// @return who could become primary now, but for the one that is
  List<SimulatedMember> electable() {
    return members.stream().filter(one -> one != newest && voterFor(one) != null).toList();
  }

  private SimulatedMember voterFor(SimulatedMember candidate) {
    return members.stream()
        .filter(one -> one != candidate && !candidate.isBehind(one))
        .min((a, b) -> Boolean.compare(a == newest, b == newest))
        .orElse(null);
  }

  /// @param hard whether the old primary does not hear of it
  /// @return the old primary, if it stands down now
  SimulatedMember elect(SimulatedMember candidate, boolean hard) {
    SimulatedMember old = newest;
    SimulatedMember voter = voterFor(candidate);
    long term = members.stream().mapToLong(one -> one.term).max().orElseThrow() + 1;
    candidate.term = term;
    voter.term = term;
    candidate.primary = true;
    newest = candidate;
    note(candidate);
    if (hard && voter != old) {
      return null;
    }
    standDown(old);
    return old;
  }

  void standDown(SimulatedMember old) {
    old.primary = false;
    old.term = newest.term;
  }

  /// @return primaries that were replaced and do not know
  List<SimulatedMember> stale() {
    return members.stream().filter(one -> one.primary && one != newest).toList();
  }

  /// Members that take themselves for primaries know it afterwards, if the term is later.
  void replicate(SimulatedMember from, SimulatedMember to, int most) {
    if (from == to || from.term < to.term || to.primary || !from.primary) {
      return;
    }
    to.term = from.term;
    if (to.follow(from, to.common(from), most) > 0) {
      rollbacks++;
    }
    advance(from);
    to.commit(Math.min(from.committed, to.common(from)));
  }

  private void advance(SimulatedMember primary) {
    for (int i = primary.log.size(); i > primary.committed; i--) {
      Entry entry = primary.log.get(i - 1);
      if (entry.term() != primary.term) {
        return;
      }
      int length = i;
      long have =
          members.stream()
              .filter(one -> one.log.size() >= length && one.log.get(length - 1) == entry)
              .count();
      if (have * 2 > members.size()) {
        primary.commit(length);
        return;
      }
    }
  }

  /// Everybody gets everything.
  void heal() {
    stale().forEach(this::standDown);
    for (int round = 0; round < 2; round++) {
      members.forEach(one -> replicate(newest, one, Integer.MAX_VALUE));
    }
  }

  // ---- commands

  /// @param stood what became of the statements, without what a majority says
  /// @param last log entry that a majority has to have; null for none
  record Written(BsonDocument reply, Entry last) {}

  /// Applies a write, statement by statement: an ordered one stops at the first that is refused.
  ///
  /// @param most how many statements there is time for: see [#interrupted]
  Written write(SimulatedMember member, String database, BsonDocument command, int most) {
    String name = command.getFirstKey();
    String list = listOf(name);
    boolean ordered = !command.containsKey("ordered") || command.getBoolean("ordered").getValue();
    int n = 0;
    int modified = 0;
    BsonArray errors = new BsonArray();
    BsonArray upserted = new BsonArray();
    BsonArray statements = statements(command);
    for (int i = 0; i < statements.size() && i < most; i++) {
      BsonDocument statement =
          new BsonDocument(name, command.get(name))
              .append(list, new BsonArray(List.of(statements.get(i))));
      BsonDocument reply = member.apply(database, statement);
      BsonDocument error = error(reply, i);
      if (error != null) {
        errors.add(error);
        if (ordered) {
          break;
        }
        continue;
      }
      int changed = reply.getNumber("n").intValue();
      n += changed;
      modified += reply.containsKey("nModified") ? reply.getNumber("nModified").intValue() : 0;
      if (reply.get("upserted") instanceof BsonArray made) {
        for (BsonValue one : made) {
          upserted.add(one.asDocument().append("index", new BsonInt32(i)));
        }
      }
      if (changed > 0) {
        member.append(new Entry(member.term, now(member), database, statement));
      }
    }
    BsonDocument reply = new BsonDocument("n", new BsonInt32(n));
    if (name.equals("update")) {
      reply.append("nModified", new BsonInt32(modified));
    }
    if (!upserted.isEmpty()) {
      reply.append("upserted", upserted);
    }
    if (!errors.isEmpty()) {
      reply.append("writeErrors", errors);
    }
    // One that changed nothing waits for a majority of what it saw.
    return new Written(reply.append("ok", new BsonInt32(1)), member.log.getLast());
  }

  static BsonArray statements(BsonDocument command) {
    return command.getArray(listOf(command.getFirstKey()));
  }

  private static String listOf(String command) {
    return switch (command) {
      case "insert" -> "documents";
      case "update" -> "updates";
      default -> "deletes";
    };
  }

  private static BsonDocument error(BsonDocument reply, int index) {
    if (reply.get("writeErrors") instanceof BsonArray errors && !errors.isEmpty()) {
      return errors.getFirst().asDocument().append("index", new BsonInt32(index));
    }
    if (reply.getNumber("ok").intValue() == 0) {
      return new BsonDocument("index", new BsonInt32(index))
          .append("code", reply.get("code"))
          .append("errmsg", reply.get("errmsg"));
    }
    return null;
  }

  BsonDocument find(SimulatedMember member, String database, BsonDocument command, boolean all) {
    BsonDocument plain = command.clone();
    Set.of("lsid", "$clusterTime", "$db", "$readPreference", "readConcern", "txnNumber")
        .forEach(plain::remove);
    return member.find(database, plain, !all);
  }

  /// @return the answer, with the times that causality is kept by
  BsonDocument timed(BsonDocument reply, long time) {
    BsonTimestamp stamp = new BsonTimestamp(time);
    return reply
        .append("operationTime", stamp)
        .append(
            "$clusterTime",
            new BsonDocument(
                "clusterTime",
                new BsonTimestamp(
                    members.stream().mapToLong(SimulatedMember::lastTime).max().orElseThrow())));
  }

  static BsonDocument failure(int code, String name) {
    return new BsonDocument("ok", new BsonInt32(0))
        .append("code", new BsonInt32(code))
        .append("codeName", new BsonString(name))
        .append("errmsg", new BsonString("simulated: " + name));
  }

  static BsonDocument withoutMajority(BsonDocument reply, int code, String name) {
    return reply
        .clone()
        .append(
            "writeConcernError",
            new BsonDocument("code", new BsonInt32(code))
                .append("codeName", new BsonString(name))
                .append("errmsg", new BsonString("simulated: " + name)));
  }
}
