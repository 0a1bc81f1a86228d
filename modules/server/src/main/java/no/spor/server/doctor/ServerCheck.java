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
      findings.add(
          Finding.trouble(
              "what answers there shows no metrics of Spor",
              "check the address; /actuator/prometheus must be reachable from here"));
      return;
    }
    say(
        value("spor_keys_ready") == 0,
        "keys can be used",
        "keys cannot be used",
        "ops/runbooks/SporKeysUnavailable.md");
    say(
        value("spor_append_stopped") == 1 || value("spor_append_failing") == 1,
        "events can be written",
        "events cannot be written",
        "ops/runbooks/SporAppendFailing.md, SporAppendStopped.md");
    say(
        value("spor_ledger_publishing") == 0
            || value("spor_ledger_unpublished_events") > 0
                && value("spor_ledger_checkpoint_age_seconds") > LATE_CHECKPOINT_SECONDS,
        "checkpoints are published",
        "no checkpoint has been published for what was recorded",
        "ops/runbooks/SporCheckpointOld.md");
    warn(
        value("spor_ledger_witness_age_seconds") > LATE_WITNESS_SECONDS,
        "no witness has cosigned for an hour",
        "ops/runbooks/SporWitnessOld.md");
    warn(
        value("spor_append_queue_events") > QUEUE_FULL * value("spor_append_queue_limit_events"),
        "the queue is nearly full",
        "ops/runbooks/SporQueueFilling.md");
    say(
        value("spor_projection_failing") == 1,
        "views get on",
        "a view does not get on",
        "ops/runbooks/SporViewFails.md");
    warn(
        value("spor_projection_lag_seconds") > SLOW_VIEW_SECONDS,
        "a view is %.0f seconds behind".formatted(value("spor_projection_lag_seconds")),
        "ops/runbooks/SporViewsBehind.md");
    warn(
        value("spor_retention_late_classes") > 0
            || value("spor_retention_overdue_seconds") > LATE_RETENTION_SECONDS,
        "something whose period is over is still there",
        "ops/runbooks/SporRetentionLate.md");
    warn(
        value("spor_retention_clock_ahead_seconds") > 0,
        "the clock is ahead of what can be proven: retention is late by that",
        "ops/runbooks/SporClockAhead.md");
    warn(
        value("spor_keys_rotation_late") > 0,
        "the rotation of the epochs is overdue",
        "ops/runbooks/SporEpochOld.md");
    certificate();
  }

  private void certificate() {
    double left = value("ssl_chain_expiry_seconds");
    if (!Double.isNaN(left)) {
      warn(
          left < CERTIFICATE_SECONDS,
          "the TLS certificate is valid for %.0f more days".formatted(Math.floor(left / 86_400)),
          "ops/runbooks/SporCertificateExpires.md");
    }
  }

  private double value(String metric) {
    return highest.getOrDefault(metric, Double.NaN);
  }

  private void say(boolean bad, String well, String trouble, String advice) {
    findings.add(bad ? Finding.trouble(trouble, advice) : Finding.well(well));
  }

  private void warn(boolean bad, String warning, String advice) {
    if (bad) {
      findings.add(Finding.warning(warning, advice));
    }
  }
}
