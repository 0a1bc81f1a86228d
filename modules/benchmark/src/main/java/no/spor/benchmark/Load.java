package no.spor.benchmark;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Sends requests over kept connections, each as soon as the one before is answered. Costs little,
/// as it shares the processors with the server.
final class Load {
  private final URI server;
  private final byte[] head;

  /// @param authorization header's value; empty for none
  Load(String url, String path, String contentType, String authorization) {
    server = URI.create(url);
    head =
        ("POST "
                + path
                + " HTTP/1.1\r\nHost: "
                + server.getAuthority()
                + "\r\nContent-Type: "
                + contentType
                + (authorization.isEmpty() ? "" : "\r\nAuthorization: " + authorization)
                + "\r\nContent-Length: ")
            .getBytes(StandardCharsets.US_ASCII);
  }

  /// @return nanoseconds that each request took, ascending, and that all took together
  Took send(List<byte[]> bodies, int connections) throws Exception {
    var nanos = new long[bodies.size()];
    var next = new AtomicInteger();
    var failure = new AtomicReference<@Nullable Throwable>();
    var ready = new CountDownLatch(connections);
    var start = new CountDownLatch(1);
    var threads = new Thread[connections];
    for (int i = 0; i < connections; i++) {
      threads[i] =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try (var connection = new Connection(server)) {
                  ready.countDown();
                  start.await();
                  for (int at = next.getAndIncrement();
                      at < bodies.size();
                      at = next.getAndIncrement()) {
                    long begun = System.nanoTime();
                    exchange(connection, bodies.get(at));
                    nanos[at] = System.nanoTime() - begun;
                  }
                } catch (Exception e) {
                  failure.compareAndSet(null, e);
                  ready.countDown();
                }
              });
    }
    ready.await();
    long begun = System.nanoTime();
    start.countDown();
    for (var thread : threads) {
      thread.join();
    }
    long all = System.nanoTime() - begun;
    if (failure.get() != null) {
      throw new IllegalStateException("a request failed", failure.get());
    }
    Arrays.sort(nanos);
    return new Took(all, nanos);
  }

  record Took(long nanos, long[] each) {
    double millisAt(int percent) {
      return each[Math.min(each.length - 1, each.length * percent / 100)] / 1e6;
    }
  }

  private void exchange(Connection connection, byte[] body) throws IOException {
    connection.send(head, body);
    connection.line();
    if (!connection.begins("http/1.1 20")) {
      throw new IOException("answered " + connection.text());
    }
    long length = 0;
    boolean chunked = false;
    boolean over = false;
    while (connection.line()) {
      if (connection.begins("content-length:")) {
        length = Long.parseLong(connection.text().substring(15).strip());
      }
      over |= connection.begins("connection:") && connection.text().endsWith("close");
      chunked |= connection.begins("transfer-encoding:") && connection.text().endsWith("chunked");
    }
    do {
      if (chunked) {
        connection.line();
        length = Long.parseLong(connection.text(), 16);
      }
      connection.skip(length);
      if (chunked) {
        connection.line();
      }
    } while (chunked && length > 0);
    if (over) {
      connection.again();
    }
  }

  /// Kept until the server lets go of it, as servers do after some requests. What it reads and
  /// writes lies in buffers of its own: a load generator that makes garbage has the server's heap
  /// collected more often.
  private static final class Connection implements AutoCloseable {
    private final URI server;
    private Socket socket;
    private byte[] sent = new byte[4096];
    private final byte[] read = new byte[1 << 16];
    private int from;
    private int to;

    /// Of the line that was read last.
    private int begin;

    private int end;

    Connection(URI server) throws IOException {
      this.server = server;
      socket = connect();
    }

    private Socket connect() throws IOException {
      var connected = new Socket(server.getHost(), server.getPort());
      connected.setTcpNoDelay(true);
      return connected;
    }

    void again() throws IOException {
      socket.close();
      socket = connect();
      from = 0;
      to = 0;
    }

    /// In one piece.
    void send(byte[] head, byte[] body) throws IOException {
      int most = head.length + 24 + body.length;
      if (sent.length < most) {
        sent = new byte[most];
      }
      System.arraycopy(head, 0, sent, 0, head.length);
      int at = head.length;
      var digits = Integer.toString(body.length);
      for (int i = 0; i < digits.length(); i++) {
        sent[at++] = (byte) digits.charAt(i);
      }
      for (int i = 0; i < 4; i++) {
        sent[at++] = (byte) (i % 2 == 0 ? '\r' : '\n');
      }
      System.arraycopy(body, 0, sent, at, body.length);
      socket.getOutputStream().write(sent, 0, at + body.length);
    }

    /// Reads a line.
    ///
    /// @return false where it is empty
    boolean line() throws IOException {
      int at = from;
      while (true) {
        while (at < to && read[at] != '\n') {
          at++;
        }
        if (at < to) {
          begin = from;
          end = at > from && read[at - 1] == '\r' ? at - 1 : at;
          from = at + 1;
          return end > begin;
        }
        at -= from;
        fill();
        at += from;
      }
    }

    /// Reads more, behind what is not used yet.
    private void fill() throws IOException {
      System.arraycopy(read, from, read, 0, to - from);
      to -= from;
      from = 0;
      int more = socket.getInputStream().read(read, to, read.length - to);
      if (more <= 0) {
        throw new IOException("the connection ended, or a line has no end");
      }
      to += more;
    }

    /// @param lowerCase as the line that was read last begins, whatever its case
    boolean begins(String lowerCase) {
      if (end - begin < lowerCase.length()) {
        return false;
      }
      for (int i = 0; i < lowerCase.length(); i++) {
        int c = read[begin + i];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != lowerCase.charAt(i)) {
          return false;
        }
      }
      return true;
    }

    /// @return the line that was read last, in lower case
    String text() {
      return new String(read, begin, end - begin, StandardCharsets.US_ASCII)
          .toLowerCase(Locale.ROOT);
    }

    void skip(long count) throws IOException {
      long left = count;
      while (left > 0) {
        if (from == to) {
          fill();
        }
        int some = (int) Math.min(left, to - from);
        from += some;
        left -= some;
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
