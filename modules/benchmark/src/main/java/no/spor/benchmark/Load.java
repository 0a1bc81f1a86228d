package no.spor.benchmark;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
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
  private final String head;

  /// @param authorization header's value; empty for none
  Load(String url, String path, String contentType, String authorization) {
    server = URI.create(url);
    head =
        "POST "
            + path
            + " HTTP/1.1\r\nHost: "
            + server.getAuthority()
            + "\r\nContent-Type: "
            + contentType
            + (authorization.isEmpty() ? "" : "\r\nAuthorization: " + authorization)
            + "\r\nContent-Length: ";
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

  /// Kept until the server lets go of it, as servers do after some requests.
  private static final class Connection implements AutoCloseable {
    private final URI server;
    private Socket socket;
    private InputStream in;

    Connection(URI server) throws IOException {
      this.server = server;
      socket = connect();
      in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    }

    private Socket connect() throws IOException {
      var connected = new Socket(server.getHost(), server.getPort());
      connected.setTcpNoDelay(true);
      return connected;
    }

    void again() throws IOException {
      socket.close();
      socket = connect();
      in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private void exchange(Connection connection, byte[] body) throws IOException {
    var in = connection.in;
    var begin = (head + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    var request = Arrays.copyOf(begin, begin.length + body.length);
    System.arraycopy(body, 0, request, begin.length, body.length);
    connection.socket.getOutputStream().write(request);
    var status = line(in);
    if (!status.startsWith("HTTP/1.1 20")) {
      throw new IOException("answered " + status);
    }
    long length = 0;
    boolean chunked = false;
    boolean over = false;
    for (var field = line(in).toLowerCase(Locale.ROOT);
        !field.isEmpty();
        field = line(in).toLowerCase(Locale.ROOT)) {
      if (field.startsWith("content-length:")) {
        length = Long.parseLong(field.substring(15).strip());
      }
      over |= field.startsWith("connection:") && field.endsWith("close");
      chunked |= field.startsWith("transfer-encoding:") && field.endsWith("chunked");
    }
    do {
      if (chunked) {
        length = Long.parseLong(line(in), 16);
      }
      in.skipNBytes(length);
      if (chunked) {
        line(in);
      }
    } while (chunked && length > 0);
    if (over) {
      connection.again();
    }
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the connection ended");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
