package no.spor.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import no.spor.server.Node;
import no.spor.server.SporServer;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/// A server in this process. Closing it, or the end of the process by SIGTERM or SIGINT, stops it
/// gracefully.
final class RunningServer implements AutoCloseable {
  private static final Duration VIEWS_AT_MOST = Duration.ofMillis(1500);
  private final ConfigurableApplicationContext context;

  private RunningServer(ConfigurableApplicationContext context) {
    this.context = context;
  }

  static RunningServer start(Map<String, Object> settings) {
    try {
      return new RunningServer(
          new SpringApplicationBuilder(SporServer.class)
              .web(WebApplicationType.SERVLET)
              .run(
                  settings.entrySet().stream()
                      .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                      .toArray(String[]::new)));
    } catch (RuntimeException failed) {
      throw new CommandFailedException(StartFailure.sentence(failed));
    }
  }

  /// Gives the views a moment to catch up with what came in while nobody followed: most often that
  /// is all they need. Answers say how far behind they are.
  private void awaitViews() {
    long size = node().ledger().size();
    if (size > 0) {
      node().timeline().awaitPosition(size - 1, VIEWS_AT_MOST);
    }
  }

  /// Prints what the contract promises: the administrator's key at the first start, and the line
  /// that says that the server answers.
  void introduce(PrintWriter out, PrintWriter err) {
    awaitViews();
    node().rootKeyNotice().ifPresent(err::println);
    err.flush();
    node().administratorKey().ifPresent(key -> out.println("administrator key: " + key));
    out.println("ready: " + url());
    out.flush();
  }

  Node node() {
    return context.getBean(Node.class);
  }

  String url() {
    String address = context.getEnvironment().getProperty("server.address", "127.0.0.1");
    String host = address.equals("0.0.0.0") || address.equals("::") ? "127.0.0.1" : address;
    return "http://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + context.getEnvironment().getProperty("local.server.port");
  }

  @Override
  public void close() {
    context.close();
  }
}
