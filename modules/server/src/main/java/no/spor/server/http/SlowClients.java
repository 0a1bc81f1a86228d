package no.spor.server.http;

import no.spor.server.SporSettings;
import no.spor.server.metrics.LimitMeters;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/// Has the container cut off who is too slow: see [GuardedProtocol].
@Component
class SlowClients implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
  private final SporSettings.Limits limits;
  private final ObjectProvider<LimitMeters> meters;

  SlowClients(SporSettings settings, ObjectProvider<LimitMeters> meters) {
    this.limits = settings.limits();
    this.meters = meters;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.setProtocol(GuardedProtocol.class.getName());
    factory.addConnectorCustomizers(connector -> {
      if (connector.getProtocolHandler() instanceof GuardedProtocol guarded) {
        // A body is invited by whoever reads it, not before it is known who asks (RFC 9110,
        // 10.1.1).
        guarded.setContinueResponseTiming("onRead");
        guarded.limit(
            limits.patienceSeconds(),
            limits.requestSeconds(),
            part -> meters.getObject().cut(part));
      }
    });
  }
}
