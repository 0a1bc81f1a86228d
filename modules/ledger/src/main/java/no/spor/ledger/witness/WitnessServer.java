package no.spor.ledger.witness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import no.spor.ledger.witness.Witness.Answer;

/// A witness behind HTTP: `POST /add-checkpoint` and `GET /<origin hash>/checkpoint`. Thread-safe.
/// Plain HTTP: what it says is signed, and what it is told is public.
public final class WitnessServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(WitnessServer.class.getName());
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String CHECKPOINT = "/checkpoint";

  private final Witness witness;
  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private WitnessServer(Witness witness, HttpServer http) {
    this.witness = witness;
    this.http = http;
  }

  /// Answers from now on.
  ///
  /// @param address port 0 picks a free one
  public static WitnessServer start(Witness witness, InetSocketAddress address) throws IOException {
    HttpServer http = HttpServer.create(address, 0);
    WitnessServer server = new WitnessServer(witness, http);
    http.createContext("/", server::handle);
    http.setExecutor(server.threads);
    http.start();
    return server;
  }

  public int port() {
    return http.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Answer answer;
    try {
      answer = answer(exchange);
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, "nothing was cosigned: {0}", e.getMessage());
      answer = new Answer(500, TEXT, "this witness cannot keep what it would sign\n");
    }
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.contentType());
    if (answer.status() == 405) {
      exchange
          .getResponseHeaders()
          .set(
              "Allow",
              exchange.getRequestURI().getPath().equals("/add-checkpoint") ? "POST" : "GET");
    }
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String method = exchange.getRequestMethod();
    if (path.equals("/add-checkpoint")) {
      if (!method.equals("POST")) {
        return new Answer(405, TEXT, "POST is wanted\n");
      }
      byte[] body = exchange.getRequestBody().readNBytes(AddCheckpoint.MAX_BYTES + 1);
      return body.length > AddCheckpoint.MAX_BYTES
          ? new Answer(400, TEXT, "the body is too long\n")
          : witness.addCheckpoint(body);
    }
    if (!path.endsWith(CHECKPOINT)) {
      return new Answer(404, TEXT, "there is nothing here\n");
    }
    if (!method.equals("GET")) {
      return new Answer(405, TEXT, "GET is wanted\n");
    }
    String hash = path.substring(1, Math.max(1, path.length() - CHECKPOINT.length()));
    Optional<String> newest = witness.checkpoint(hash);
    return newest
        .map(note -> new Answer(200, TEXT, note))
        .orElseGet(() -> new Answer(404, TEXT, "nothing of that log was ever cosigned\n"));
  }

  /// Ends; requests that are under way may be cut off.
  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}
