package no.spor.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;

/// A small server of bytes by path, some of which are changed.
final class ServedBytes implements AutoCloseable {
  static final byte[] NOT_THERE = new byte[0];

  static {
    // Headers and body go in two packets: without this each answer waits 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final BiFunction<URI, String, byte[]> source;
  private final Map<String, byte[]> changed = new ConcurrentHashMap<>();

  /// @param source the bytes under a path and query, asked for with an `Authorization` (empty for
  ///   none); [#NOT_THERE] for nothing
  ServedBytes(BiFunction<URI, String, byte[]> source) throws IOException {
    this.source = source;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// From now on serves these bytes under a path, instead of those that are there.
  void change(String path, byte[] bytes) {
    changed.put(path, bytes);
  }

  void changeNothing() {
    changed.clear();
  }

  byte[] honest(String path) {
    return source.apply(URI.create(path), "");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var authorization = exchange.getRequestHeaders().getFirst("Authorization");
      var path = exchange.getRequestURI().toString();
      var bytes = changed.get(path);
      if (bytes == null) {
        bytes = source.apply(exchange.getRequestURI(), authorization == null ? "" : authorization);
      }
      exchange.sendResponseHeaders(
          bytes.length == 0 ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
