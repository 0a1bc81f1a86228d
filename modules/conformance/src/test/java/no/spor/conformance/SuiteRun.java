package no.spor.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// One run of a suite within a test: tells which tests passed, failed and were skipped.
///
/// The suites' subclasses for it are nested classes that the build does not find by itself.
record SuiteRun(Set<String> passed, Set<String> failed, Set<String> skipped) {

  static SuiteRun of(Class<?> suite) {
    var run = new SuiteRun(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(suite)).build();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionSkipped(TestIdentifier test, String reason) {
                run.skipped.add(test.getDisplayName());
              }

              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) {
                  switch (result.getStatus()) {
                    case SUCCESSFUL -> run.passed.add(test.getDisplayName());
                    case FAILED -> run.failed.add(test.getDisplayName());
                    case ABORTED -> run.skipped.add(test.getDisplayName());
                  }
                }
              }
            });
    return run;
  }

  /// A suite is worth something if a store that does nothing fails all of it.
  void assertThatEveryTestFailed() {
    assertThat(passed).as("tests that a store that does nothing passes").isEmpty();
    assertThat(skipped).as("tests that skip").isEmpty();
    assertThat(failed).as("tests that ran").isNotEmpty();
  }
}
