package no.spor.server.http;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import no.spor.recording.Problem;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.stereotype.Component;

/// Requests that the container refuses itself (an address that cannot be read, a header too large)
/// get a problem document too.
@Component
class ContainerErrors
    implements WebServerFactoryCustomizer<TomcatServletWebServerFactory>,
        ApplicationListener<ContextClosedEvent> {
  private static final String STOPPING = ContainerErrors.class.getName() + ".stopping";
  private final List<Context> contexts = new CopyOnWriteArrayList<>();

  /// From now on what arrives in part is the server's doing, not the sender's.
  @Override
  public void onApplicationEvent(ContextClosedEvent closed) {
    contexts.forEach(context -> context.getServletContext().setAttribute(STOPPING, true));
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.addContextCustomizers(context -> {
      contexts.add(context);
      if (context.getParent() instanceof StandardHost host) {
        host.setErrorReportValveClass(ProblemValve.class.getName());
      }
    });
  }

  /// Made by the container, by name.
  public static class ProblemValve extends ErrorReportValve {
    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
      int status = response.getStatus();
      if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
        return;
      }
      Context context = request.getContext();
      if (status == 400
          && context != null
          && context.getServletContext().getAttribute(STOPPING) != null) {
        status = 503;
        response.setStatus(status);
        response.setHeader("Retry-After", "5");
      }
      Problem problem =
          status < 500
              ? new Problem("bad-request", status, "The request cannot be read.")
              : status == 503
                  ? new Problem(
                      "temporarily-unavailable", status, "The server stops. Send it again later.")
                  : new Problem(
                      "internal-error",
                      status,
                      "Something unexpected happened; the server's log says where.");
      try {
        byte[] body = Problems.bytes(problem);
        SecurityHeaders.put(response, "", request.isSecure());
        response.setContentType(Problems.MEDIA_TYPE);
        response.getOutputStream().write(body);
        response.finishResponse();
      } catch (IOException gone) {
        // The client went away: nobody is there to be told.
      }
    }
  }
}
