package no.spor.server;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;

/// What was opened; closed in the reverse order, each whatever becomes of the others.
final class Opened implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Opened.class.getName());
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T room) {
    opened.push(room);
    return room;
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception failed) {
        LOG.log(Level.WARNING, "could not close: {0}", failed.getClass().getName());
      }
    }
  }
}
