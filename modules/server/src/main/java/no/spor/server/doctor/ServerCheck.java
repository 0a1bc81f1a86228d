package no.spor.server.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Checks a running server by what it tells everyone who watches it: its metrics.
public final class ServerCheck {
  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^((?:spor|ssl)_[a-z_]+)(\\{[^}]*})? (\\S+)$");
  private static final double QUEUE_FULL = 0.8;
  private static final double SLOW_VIEW_SECONDS = 60;

  /// A checkpoint comes at most a second after an event.
  private static final double LATE_CHECKPOINT_SECONDS = 60;

  private static final double CERTIFICATE_SECONDS = Duration.ofDays(14).toSeconds();
  private static final double LATE_WITNESS_SECONDS = 3600;
  private static final double LATE_RETENTION_SECONDS = Duration.ofHours(26).toSeconds();

  private final Map<String, Double> highest = new TreeMap<>();
  private final List<Finding> findings = new ArrayList<>();

  private ServerCheck() {}

  /// @param metrics what `/actuator/prometheus` answered
  public static List<Finding> of(String metrics) {
    ServerCheck check = new ServerCheck();
    Matcher sample = SAMPLE.matcher(metrics);
    while (sample.find()) {
      double value = Double.parseDouble(sample.group(3).replace("+Inf", "Infinity"));
      check.highest.merge(sample.group(1), value, Math::max);
    }
    check.all();
    return check.findings;
  }

  private void all() {
    if (highest.isEmpty()) {
      findings.add(Finding.trouble("no-metrics"));
      return;
    }
    say(value("spor_keys_ready") == 0, "keys-unusable");
    say(value("spor_append_stopped") == 1 || value("spor_append_failing") == 1, "cannot-write");
    say(
        value("spor_ledger_publishing") == 0
            || value("spor_ledger_unpublished_events") > 0
                && value("spor_ledger_checkpoint_age_seconds") > LATE_CHECKPOINT_SECONDS,
        "not-published");
    warn(value("spor_ledger_witness_age_seconds") > LATE_WITNESS_SECONDS, "witness-old");
    warn(
        value("spor_append_queue_events") > QUEUE_FULL * value("spor_append_queue_limit_events"),
        "queue-filling");
    say(value("spor_projection_failing") == 1, "view-stuck");
    warn(
        value("spor_projection_lag_seconds") > SLOW_VIEW_SECONDS,
        "view-behind",
        value("spor_projection_lag_seconds"));
    warn(
        value("spor_retention_late_classes") > 0
            || value("spor_retention_overdue_seconds") > LATE_RETENTION_SECONDS,
        "retention-late");
    warn(value("spor_retention_clock_ahead_seconds") > 0, "clock-ahead");
    warn(value("spor_keys_rotation_late") > 0, "epoch-old");
    certificate();
  }

  private void certificate() {
    double left = value("ssl_chain_expiry_seconds");
    if (!Double.isNaN(left)) {
      warn(left < CERTIFICATE_SECONDS, "certificate", Math.floor(left / 86_400));
    }
  }

  private double value(String metric) {
    return highest.getOrDefault(metric, Double.NaN);
  }

  private void say(boolean bad, String key) {
    findings.add(bad ? Finding.trouble(key) : Finding.well(key + "-well"));
  }

  private void warn(boolean bad, String key, Object... values) {
    if (bad) {
      findings.add(Finding.warning(key, values));
    }
  }
}
