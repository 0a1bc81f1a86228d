package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/// The description says what the server does, no more and no less.
@Tag("once")
class DescriptionTest {
  @TempDir Path data;

  @Test
  void theOpenApiDescriptionNamesEveryDoorAndNoOther() {
    try (RunningSpor spor = RunningSpor.on(data)) {
      Set<String> described = new TreeSet<>();
      JsonNode paths = spor.get("/v3/api-docs", null).json().path("paths");
      paths
          .properties()
          .forEach(path ->
              path.getValue()
                  .propertyNames()
                  .forEach(method ->
                      described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
      Set<String> served = new TreeSet<>();
      spor.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
          .getHandlerMethods()
          .keySet()
          .forEach(mapping ->
              mapping
                  .getMethodsCondition()
                  .getMethods()
                  .forEach(method ->
                      mapping.getPatternValues().stream()
                          .filter(path -> path.startsWith("/v1/"))
                          .forEach(path -> served.add(method + " " + path))));

      // What is recorded has a servlet of its own.
      spor.beans(ServletRegistrationBean.class).stream()
          .flatMap(servlet -> ((ServletRegistrationBean<?>) servlet).getUrlMappings().stream())
          .filter(path -> path.startsWith("/v1/"))
          .forEach(path -> served.add("POST " + path));

      described.removeIf(door -> !door.contains(" /v1/"));
      assertThat(described).isEqualTo(served).isNotEmpty();
    }
  }

  @Test
  void thePageToReadItIsServedWithAllThatItNeeds() {
    try (RunningSpor spor = RunningSpor.on(data)) {
      assertThat(spor.get("/docs/index.html", null).body()).contains("/docs/start.js");
      assertThat(spor.get("/docs/start.js", null).status()).isEqualTo(200);
      assertThat(spor.get("/webjars/swagger-ui/5.31.0/swagger-ui-bundle.js", null).status())
          .isEqualTo(200);
      assertThat(spor.get("/webjars/swagger-ui/5.31.0/swagger-ui.css", null).status())
          .isEqualTo(200);
    }
  }

  @Test
  void healthAndMetricsAreThereForWhoeverWatches() {
    try (RunningSpor spor = RunningSpor.on(data)) {
      assertThat(spor.get("/actuator/health/readiness", null).status()).isEqualTo(200);
      assertThat(spor.get("/actuator/health/liveness", null).status()).isEqualTo(200);
      assertThat(spor.get("/actuator/health/publishing", null).body()).contains("\"UP\"");
      assertThat(spor.get("/actuator/prometheus", null).body())
          .contains("spor_ledger_events", "spor_projection_lag_events");
    }
  }
}
