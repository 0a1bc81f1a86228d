package no.spor.server;

import java.time.InstantSource;
import no.spor.insight.Timeline;
import no.spor.ledger.Ledger;
import no.spor.recording.Recorder;
import no.spor.rights.ErasureCertificates;
import no.spor.rights.ErasureRequests;
import no.spor.server.metrics.ActivityMeters;
import no.spor.server.metrics.AppendMeters;
import no.spor.tenancy.Tenancy;
import no.spor.vault.Vault;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/// The server: one [Node] behind HTTP.
@SpringBootApplication
@EnableConfigurationProperties(SporSettings.class)
public class SporServer {

  /// For the build, which looks at what beans there are once for all starts; the `spor` command
  /// starts the server by itself.
  public static void main(String[] arguments) {
    new SpringApplicationBuilder(SporServer.class).web(WebApplicationType.SERVLET).run(arguments);
  }

  @Bean(destroyMethod = "close")
  Node node(SporSettings settings, AppendMeters append, ActivityMeters recording) {
    return Node.open(
        NodeOptions.of(settings), InstantSource.system(), new NodeObserver(append, recording));
  }

  @Bean(destroyMethod = "")
  Tenancy tenancy(Node node) {
    return node.tenancy();
  }

  @Bean(destroyMethod = "")
  Recorder recorder(Node node) {
    return node.recorder();
  }

  @Bean(destroyMethod = "")
  Timeline timeline(Node node) {
    return node.timeline();
  }

  @Bean(destroyMethod = "")
  Upkeep upkeep(Node node) {
    return node.upkeep();
  }

  @Bean(destroyMethod = "")
  ErasureCertificates erasureCertificates(Node node) {
    return node.erasureCertificates();
  }

  @Bean(destroyMethod = "")
  ErasureRequests erasureRequests(Node node) {
    return node.erasureRequests();
  }

  @Bean(destroyMethod = "")
  OperatorActions operatorActions(Node node) {
    return node.actions();
  }

  @Bean(destroyMethod = "")
  AdministrationTrail administrationTrail(Node node) {
    return node.trail();
  }

  @Bean(destroyMethod = "")
  Ledger ledger(Node node) {
    return node.ledger();
  }

  @Bean(destroyMethod = "")
  PublicLedger publicLedger(Node node) {
    return node.publicLedger();
  }

  @Bean(destroyMethod = "")
  Vault vault(Node node) {
    return node.vault();
  }
}
