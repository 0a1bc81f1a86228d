package no.spor.benchmark;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/// The least that takes events over HTTP and keeps them in a table.
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
class PostgresEndpoint implements DisposableBean {
  static final String URL = "bench.postgresql";

  private final HikariDataSource connections;

  PostgresEndpoint(@Value("${" + URL + "}") String url) {
    var config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(16);
    connections = new HikariDataSource(config);
  }

  @PostMapping("/events")
  String record(@RequestBody byte[] lines) throws SQLException {
    try (var connection = connections.getConnection()) {
      Peers.insert(connection, lines);
    }
    return "{}";
  }

  @Override
  public void destroy() {
    connections.close();
  }
}
