package no.spor.server.http;

import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import no.spor.server.metrics.LimitMeters.Cut;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/// Tomcat's HTTP/1.1 with limits to the time that a head, and that a whole request may take.
///
/// Tomcat's own timeouts begin anew with each byte, so that a client that sends one now and then
/// can hold a connection, of which there are so many, for hours (*slowloris*). Here, a connection
/// is closed whose request's head is not whole in time, when its next byte comes (without one,
/// Tomcat's timeout closes it); and one whose request, with its body and its answer, is not done in
/// time. How fast a body must come is [BodyMemory]'s affair.
///
/// Made by Tomcat, by name; [#limit] before it is started.
public final class GuardedProtocol extends Http11NioProtocol {
  private static final long LOOK_MILLIS = 500;

  /// Requests under way, of which the server has the whole head.
  private final ConcurrentMap<SocketWrapperBase<?>, Long> underWay = new ConcurrentHashMap<>();

  private long headNanos = Long.MAX_VALUE;
  private long requestNanos = Long.MAX_VALUE;
  private Consumer<Cut> cuts = cut -> {};
  private @Nullable ScheduledFuture<?> looking;

  void limit(int headSeconds, int requestSeconds, Consumer<Cut> told) {
    headNanos = TimeUnit.SECONDS.toNanos(headSeconds);
    requestNanos = TimeUnit.SECONDS.toNanos(requestSeconds);
    cuts = told;
  }

  @Override
  public void start() throws Exception {
    super.start();
    looking =
        getUtilityExecutor()
            .scheduleWithFixedDelay(this::cut, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() throws Exception {
    if (looking != null) {
      looking.cancel(false);
      looking = null;
    }
    super.stop();
  }

  private void cut() {
    long now = System.nanoTime();
    underWay.forEach((connection, since) -> {
      if (now - since > requestNanos && underWay.remove(connection) != null) {
        cuts.accept(Cut.REQUEST);
        connection.close();
      }
    });
  }

  @Override
  protected Processor createProcessor() {
    return new GuardedProcessor();
  }

  private final class GuardedProcessor extends Http11Processor {
    /// The connection that has sent part of a head, and since when.
    private @Nullable SocketWrapperBase<?> incomplete;

    private long since;

    GuardedProcessor() {
      super(GuardedProtocol.this, GuardedProtocol.this.getAdapter());
    }

    @Override
    public SocketState service(SocketWrapperBase<?> connection) throws IOException {
      long now = System.nanoTime();
      if (incomplete != connection) {
        incomplete = connection;
        since = now;
      } else if (now - since > headNanos) {
        incomplete = null;
        cuts.accept(Cut.HEAD);
        return SocketState.CLOSED;
      }
      int served = request.getRequestProcessor().getRequestCount();
      underWay.put(connection, now);
      SocketState state;
      try {
        state = super.service(connection);
      } finally {
        underWay.remove(connection);
      }
      if (state != SocketState.LONG) {
        incomplete = null;
      } else if (request.getRequestProcessor().getRequestCount() != served) {
        since = System.nanoTime();
      }
      return state;
    }
  }
}
