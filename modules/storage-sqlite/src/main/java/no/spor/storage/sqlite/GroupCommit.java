package no.spor.storage.sqlite;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Writes that come while one is under way share the next transaction, and its fsync. Each is
/// durable when its call returns. Where one of them throws, nothing of the transaction is saved,
/// and each is tried for itself. Thread-safe.
final class GroupCommit<I, O> {
  private final SqliteFile file;
  private final Write<I, O> write;
  private final ReentrantLock turn = new ReentrantLock();

  /// Guarded by itself.
  private final List<Call<I, O>> waiting = new ArrayList<>();

  /// Part of a transaction.
  @FunctionalInterface
  interface Write<I, O> {
    O in(SqliteSession session, I input) throws java.sql.SQLException;
  }

  /// Written by whoever has the turn; read by its caller when that is over.
  private static final class Call<I, O> {
    final I input;
    @Nullable O output;
    @Nullable RuntimeException failure;
    boolean done;

    Call(I input) {
      this.input = input;
    }
  }

  GroupCommit(SqliteFile file, Write<I, O> write) {
    this.file = file;
    this.write = write;
  }

  O write(I input) {
    var call = new Call<I, O>(input);
    synchronized (waiting) {
      waiting.add(call);
    }
    turn.lock();
    try {
      if (!call.done) {
        writeAll();
      }
    } finally {
      turn.unlock();
    }
    if (call.failure != null) {
      throw call.failure;
    }
    return Objects.requireNonNull(call.output);
  }

  private void writeAll() {
    List<Call<I, O>> calls;
    synchronized (waiting) {
      calls = List.copyOf(waiting);
      waiting.clear();
    }
    try {
      write(calls);
    } catch (RuntimeException | Error e) {
      calls.forEach(this::writeAlone);
    }
  }

  private void writeAlone(Call<I, O> call) {
    try {
      write(List.of(call));
    } catch (RuntimeException e) {
      call.failure = e;
    } catch (Error e) { // memory, say: it may be another's that is tried here
      call.failure = new IllegalStateException("a write failed", e);
    }
    call.done = true;
  }

  private void write(List<Call<I, O>> calls) {
    var outputs =
        file.write(session -> {
          var all = new ArrayList<O>(calls.size());
          for (var call : calls) {
            all.add(write.in(session, call.input));
          }
          return all;
        });
    for (int i = 0; i < calls.size(); i++) {
      calls.get(i).output = outputs.get(i);
      calls.get(i).done = true;
    }
  }
}
