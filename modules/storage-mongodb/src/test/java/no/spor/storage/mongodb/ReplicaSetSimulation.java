package no.spor.storage.mongodb;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import no.spor.storage.mongodb.SimulatedClient.Request;
import no.spor.storage.mongodb.SimulatedMember.Entry;
import no.spor.storage.mongodb.SimulatedReplicaSet.Written;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;

/// Some processes on a replica set of three members, one scheduler: commands and replies are lost,
/// late and repeated, inserts end halfway, members lag, primaries are replaced while they do not
/// know, what no majority had is rolled back, a majority is not waited for, processes die between
/// any two commands and come back. The stores' own code and the real driver run on top, unaltered.
///
/// The seed decides everything: a seed that fails fails again.
final class ReplicaSetSimulation {
  private static final long PATIENCE_NANOS = 30_000_000_000L;
  private static final int CLIENTS = 3;

  /// What the processes do, and what must be true of it.
  interface Workload {
    /// One life of a process: until it is told to stop, or is dead. Throws nothing but for what the
    /// stores must not do.
    void live(SimulatedClient client);

    /// @param committed everything that a majority ever had, in order
    void check(List<Entry> committed);
  }

  /// Something wrong with the processes or with how they use the server.
  ///
  /// @param options for the connection string
  /// @param asked what becomes of a command on its way
  /// @param answered what becomes of a reply
  record Bug(
      String options, UnaryOperator<BsonDocument> asked, UnaryOperator<BsonDocument> answered) {
    static final Bug NONE = options("");

    static Bug options(String options) {
      return new Bug(options, UnaryOperator.identity(), UnaryOperator.identity());
    }

    static Bug asking(UnaryOperator<BsonDocument> asked) {
      return new Bug("", asked, UnaryOperator.identity());
    }

    static Bug hearing(UnaryOperator<BsonDocument> answered) {
      return new Bug("", UnaryOperator.identity(), answered);
    }
  }

  /// A command that waits for what a member has.
  ///
  /// @param last for a write; null for a read
  /// @param time for a read: what the member must have reached
  private record Waiting(
      Request request, SimulatedMember member, Entry last, BsonDocument reply, long time) {}

  private record Late(String database, BsonDocument command) {}

  private final Object monitor = new Object();
  private final long seed;
  private final Random random;
  private final int steps;
  private final Workload workload;
  private final Bug bug;
  private final SimulatedReplicaSet set;
  private final List<SimulatedClient> clients = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final List<Late> late = new ArrayList<>();
  private final List<String> trace = new ArrayList<>();
  private int elections;
  private int deaths;

  private ReplicaSetSimulation(long seed, int steps, Workload workload, Bug bug) {
    this.seed = seed;
    this.random = new Random(seed);
    this.steps = steps;
    this.workload = workload;
    this.bug = bug;
    this.set = new SimulatedReplicaSet(random);
  }

  /// What happened.
  ///
  /// @param trace the same for the same seed
  record Run(List<String> trace, int elections, int rollbacks, int deaths) {}

  /// @throws AssertionError that names the seed, where a promise was not kept
  static Run run(long seed, int steps, Workload workload, Bug bug) {
    ReplicaSetSimulation simulation = new ReplicaSetSimulation(seed, steps, workload, bug);
    try {
      simulation.run();
      return new Run(
          simulation.trace, simulation.elections, simulation.set.rollbacks, simulation.deaths);
    } catch (AssertionError | RuntimeException e) {
      Throwable why = e;
      while (why.getCause() != null) {
        why = why.getCause();
      }
      throw new AssertionError("seed " + seed + ": " + why, e);
    } finally {
      simulation.clients.forEach(simulation::end);
    }
  }

  private void run() {
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(null);
      born(i);
    }
    for (int step = 0; step < steps; step++) {
      set.tick();
      step();
      goOnWaiting();
      settle();
    }
    finish();
    SimulatedMember primary = set.primary();
    workload.check(List.copyOf(primary.log.subList(0, primary.committed)));
  }

  private void born(int number) {
    Random own = new Random(random.nextLong());
    SimulatedClient client =
        new SimulatedClient(number, own, 0.9 + random.nextInt(21) / 100.0, monitor, bug);
    client.member = set.primary().number;
    clients.set(number, client);
    client.start(() -> workload.live(client));
    settle();
  }

  /// Waits until every process has asked something, or has ended.
  private void settle() {
    synchronized (monitor) {
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (clients.stream().anyMatch(client -> client != null && client.isRunning())) {
        if (System.nanoTime() - end > 0) {
          throw new AssertionError("a process hangs");
        }
        try {
          monitor.wait(1000);
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
    for (SimulatedClient client : clients) {
      if (client != null && client.failure() != null) {
        throw new AssertionError("process " + client.number, client.failure());
      }
    }
  }

  // ---- what may happen

  private void step() {
    int dice = random.nextInt(1000);
    if (dice < 440) {
      List<Request> open = open();
      if (!open.isEmpty()) {
        serve(open.get(random.nextInt(open.size())));
      }
    } else if (dice < 890) {
      List<SimulatedMember> primaries =
          set.members.stream().filter(member -> member.primary).toList();
      set.replicate(
          primaries.get(random.nextInt(primaries.size())),
          set.members.get(random.nextInt(3)),
          1 + random.nextInt(4));
    } else if (dice < 910) {
      election(random.nextBoolean());
    } else if (dice < 940) {
      set.stale().forEach(this::hears);
    } else if (dice < 965) {
      landLate();
    } else if (dice < 972) {
      death(clients.get(random.nextInt(CLIENTS)));
    } else {
      giveUpWaiting();
    }
  }

  /// Commands that nobody has looked at.
  private List<Request> open() {
    List<Request> open = new ArrayList<>();
    for (SimulatedClient client : clients) {
      Request request = client.request();
      if (request != null && waiting.stream().noneMatch(one -> one.request() == request)) {
        open.add(request);
      }
    }
    return open;
  }

  private void election(boolean hard) {
    List<SimulatedMember> electable = set.electable();
    if (electable.isEmpty() || !set.stale().isEmpty()) {
      return;
    }
    SimulatedMember next = electable.get(random.nextInt(electable.size()));
    SimulatedMember down = set.elect(next, hard);
    elections++;
    note("elect " + next.number + (down == null ? " unnoticed" : ""));
    if (down != null) {
      interrupt(down);
    }
  }

  private void hears(SimulatedMember stale) {
    set.standDown(stale);
    note(stale.number + " hears");
    interrupt(stale);
  }

  /// A primary stands down: who waits there is told, in one of the ways there are.
  private void interrupt(SimulatedMember member) {
    for (Waiting one : List.copyOf(waiting)) {
      if (one.member() == member) {
        waiting.remove(one);
        redirect(one.request().client());
        int how = random.nextInt(3);
        if (how == 0) {
          one.request().cut();
        } else if (one.last() == null || how == 1) {
          answer(
              one.request(),
              member,
              SimulatedReplicaSet.failure(11602, "InterruptedDueToReplStateChange"));
        } else {
          answer(
              one.request(),
              member,
              SimulatedReplicaSet.withoutMajority(one.reply(), 189, "PrimarySteppedDown"));
        }
        settle();
      }
    }
  }

  private void redirect(SimulatedClient client) {
    List<SimulatedMember> stale = set.stale();
    client.member =
        !stale.isEmpty() && random.nextInt(4) == 0 ? stale.getFirst().number : set.primary().number;
  }

  private void landLate() {
    if (late.isEmpty()) {
      return;
    }
    Late one = late.remove(random.nextInt(late.size()));
    note("late " + one.command().getFirstKey());
    set.write(set.primary(), one.database(), one.command(), Integer.MAX_VALUE);
  }

  private void death(SimulatedClient client) {
    note("death of " + client.number);
    deaths++;
    end(client);
    born(client.number);
  }

  private void end(SimulatedClient client) {
    waiting.removeIf(one -> one.request().client() == client);
    synchronized (monitor) {
      long end = System.nanoTime() + PATIENCE_NANOS;
      client.die();
      while (!client.hasEnded() && System.nanoTime() - end < 0) {
        try {
          monitor.wait(1000);
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
    client.close();
  }

  /// The server's `wtimeout`.
  private void giveUpWaiting() {
    List<Waiting> writes = waiting.stream().filter(one -> one.last() != null).toList();
    if (!writes.isEmpty()) {
      Waiting one = writes.get(random.nextInt(writes.size()));
      waiting.remove(one);
      one.request().client().pass(1_000_000_000L);
      note("no majority for " + one.request().client().number);
      answer(
          one.request(),
          one.member(),
          SimulatedReplicaSet.withoutMajority(one.reply(), 64, "WriteConcernTimeout"));
    }
  }

  private void goOnWaiting() {
    for (Waiting one : List.copyOf(waiting)) {
      boolean there =
          one.last() == null
              ? reached(one)
              : one.member().log.lastIndexOf(one.last()) < one.member().committed;
      if (there) {
        waiting.remove(one);
        if (one.last() == null) {
          read(one.request(), one.member());
        } else {
          answer(one.request(), one.member(), one.reply());
        }
        settle();
      }
    }
  }

  private static boolean reached(Waiting read) {
    return read.member().committedTime() >= read.time();
  }

  // ---- commands

  private void serve(Request request) {
    note(request.client().number + " " + request.command.getFirstKey());
    if (request.command.getFirstKey().equals("find")) {
      if (random.nextInt(30) == 0) {
        redirect(request.client());
        request.cut();
      } else {
        find(request);
      }
      return;
    }
    int fate = random.nextInt(20);
    SimulatedMember member = set.members.get(request.client().member);
    if (fate == 0) {
      redirect(request.client());
      request.cut();
    } else if (fate == 1) {
      late.add(new Late(request.database(), request.command));
      redirect(request.client());
      request.cut();
    } else if (!member.primary) {
      redirect(request.client());
      answer(request, member, SimulatedReplicaSet.failure(10107, "NotWritablePrimary"));
    } else if (fate == 2) {
      set.write(member, request.database(), request.command, Integer.MAX_VALUE);
      request.cut();
    } else if (fate == 3 && set.stale().isEmpty() && !set.electable().isEmpty()) {
      interruptedHalfway(request, member);
    } else {
      write(request, member);
    }
  }

  private void write(Request request, SimulatedMember member) {
    Written written = set.write(member, request.database(), request.command, Integer.MAX_VALUE);
    if (waitsForMajority(request.command)) {
      waiting.add(new Waiting(request, member, written.last(), written.reply(), 0));
    } else {
      answer(request, member, written.reply());
    }
  }

  private static boolean waitsForMajority(BsonDocument command) {
    return command.get("writeConcern") instanceof BsonDocument concern
        && new BsonString("majority").equals(concern.get("w"));
  }

  private void interruptedHalfway(Request request, SimulatedMember member) {
    String name = request.command.getFirstKey();
    int size = SimulatedReplicaSet.statements(request.command).size();
    int most = random.nextInt(size + 1);
    Written written = set.write(member, request.database(), request.command, most);
    note("halfway " + most + " of " + size);
    redirect(request.client());
    election(false);
    redirect(request.client());
    if (!member.primary && random.nextBoolean() && most < size && !hasErrors(written.reply())) {
      BsonDocument error =
          new BsonDocument("index", new BsonInt32(most))
              .append("code", new BsonInt32(10107))
              .append("errmsg", new BsonString("simulated: " + name + " on no primary"));
      answer(request, member, written.reply().append("writeErrors", new BsonArray(List.of(error))));
    } else {
      answer(
          request, member, SimulatedReplicaSet.failure(11602, "InterruptedDueToReplStateChange"));
    }
  }

  private static boolean hasErrors(BsonDocument reply) {
    return reply.containsKey("writeErrors");
  }

  private void find(Request request) {
    BsonDocument command = request.command;
    boolean elsewhere =
        command.get("$readPreference") instanceof BsonDocument preference
            && preference.getString("mode").getValue().startsWith("secondary");
    SimulatedMember member = set.members.get(request.client().member);
    if (elsewhere) {
      List<SimulatedMember> secondaries =
          set.members.stream()
              .filter(one -> !one.primary)
              .sorted(Comparator.comparingInt(one -> one.number))
              .toList();
      member = secondaries.get(random.nextInt(secondaries.size()));
    } else if (!member.primary) {
      redirect(request.client());
      answer(request, member, SimulatedReplicaSet.failure(13435, "NotPrimaryNoSecondaryOk"));
      return;
    }
    long time = 0;
    if (command.get("readConcern") instanceof BsonDocument concern
        && concern.containsKey("afterClusterTime")) {
      time = concern.getTimestamp("afterClusterTime").getValue();
    }
    if (ofMajority(command) && member.committedTime() < time) {
      if (member.primary) {
        set.noteUntil(member, time);
      }
      waiting.add(new Waiting(request, member, null, null, time));
    } else {
      read(request, member);
    }
  }

  private static boolean ofMajority(BsonDocument command) {
    return command.get("readConcern") instanceof BsonDocument concern
        && concern.get("level") instanceof BsonString level
        && level.getValue().equals("majority");
  }

  private void read(Request request, SimulatedMember member) {
    boolean everything = !ofMajority(request.command);
    BsonDocument reply = set.find(member, request.database(), request.command, everything);
    request.answer(set.timed(reply, everything ? member.lastTime() : member.committedTime()));
  }

  private void answer(Request request, SimulatedMember member, BsonDocument reply) {
    request.answer(set.timed(reply, member.lastTime()));
  }

  // ---- the end

  /// All is well again: everybody comes to an end, and what was late has landed.
  private void finish() {
    note("finish");
    clients.forEach(client -> client.stopping = true);
    int more = 0;
    while (clients.stream().anyMatch(client -> !client.hasEnded())) {
      if (++more > 5000) {
        throw new AssertionError("the processes come to no end");
      }
      set.tick();
      set.stale().forEach(this::hears);
      set.heal();
      goOnWaiting();
      settle();
      for (Request request : open()) {
        if (request.command.getFirstKey().equals("find")) {
          find(request);
        } else if (set.members.get(request.client().member).primary) {
          write(request, set.members.get(request.client().member));
        } else {
          redirect(request.client());
          answer(request, set.primary(), SimulatedReplicaSet.failure(10107, "NotWritablePrimary"));
        }
        settle();
      }
    }
    while (!late.isEmpty()) {
      landLate();
    }
    set.heal();
  }

  private void note(String what) {
    trace.add(what);
  }

  @Override
  public String toString() {
    return "ReplicaSetSimulation[seed " + seed + "]";
  }
}
