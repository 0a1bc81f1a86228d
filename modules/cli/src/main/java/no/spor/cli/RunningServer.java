package no.spor.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import no.spor.server.Node;
import no.spor.server.SporServer;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/// A server in this process. Closing it, or the end of the process by SIGTERM or SIGINT, stops it
/// gracefully.
final class RunningServer implements AutoCloseable {
  private static final Duration VIEWS_AT_MOST = Duration.ofMillis(1500);

  /// What logs a failed start, stack and all, before [StartFailure] says it in a sentence.
  private static final List<String> SAY_IT_AGAIN =
      List.of(
          "org.springframework.boot.SpringApplication",
          "org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter",
          "org.springframework.boot.tomcat.servlet.DeferredServletContainerInitializers",
          "org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext");

  private final ConfigurableApplicationContext context;

  private RunningServer(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /// @throws CommandFailedException where it does not start: the one sentence about it
  static RunningServer start(Map<String, Object> settings) {
    Stream<String> arguments =
        settings.entrySet().stream().map(entry -> "--" + entry.getKey() + "=" + entry.getValue());
    Stream<String> quiet = SAY_IT_AGAIN.stream().map(name -> "--logging.level." + name + "=off");
    try {
      return new RunningServer(
          new SpringApplicationBuilder(SporServer.class)
              .main(SporServer.class)
              .web(WebApplicationType.SERVLET)
              .run(Stream.concat(arguments, quiet).toArray(String[]::new)));
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
    node().keysNotice().ifPresent(err::println);
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
    String scheme =
        context.getEnvironment().containsProperty("server.ssl.bundle") ? "https://" : "http://";
    return scheme
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + context.getEnvironment().getProperty("local.server.port");
  }

  @Override
  public void close() {
    context.close();
  }
}
