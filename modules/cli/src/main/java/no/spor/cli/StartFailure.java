package no.spor.cli;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/// Finds the sentence in a failed start that a person can act on.
final class StartFailure {
  private static final Logger LOG = System.getLogger(StartFailure.class.getName());

  private StartFailure() {}

  static String sentence(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable one = failure; one != null && chain.size() < 20; one = one.getCause()) {
      chain.add(one);
      if (one instanceof org.springframework.boot.web.server.PortInUseException port) {
        return "port " + port.getPort() + " is in use: --port N, or --port 0 for a free one";
      }
    }
    return chain.reversed().stream()
        .filter(one -> one.getClass().getName().startsWith("no.spor.") && one.getMessage() != null)
        .map(Throwable::getMessage)
        .findFirst()
        .orElseGet(() -> unexpected(failure, chain.getLast()));
  }

  private static String unexpected(Throwable failure, Throwable root) {
    LOG.log(Level.ERROR, "the server did not start", failure);
    return "the server did not start: " + root;
  }
}
