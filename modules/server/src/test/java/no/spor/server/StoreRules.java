package no.spor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import no.spor.storage.mongodb.MongoForTests;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/// For every test of this module, registered for all: what is about files is skipped on MongoDB,
/// which is said; and what the stores are not to rest on was not asked of MongoDB.
public final class StoreRules implements ExecutionCondition, AfterAllCallback {
  private static final ConditionEvaluationResult ENABLED =
      ConditionEvaluationResult.enabled("runs on every store");

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<FilesOnly> bound =
        context.getElement().map(element -> element.getAnnotation(FilesOnly.class));
    if (!TestStore.MONGODB || bound.isEmpty()) {
      return ENABLED;
    }
    System.out.println(
        "not on MongoDB: "
            + context.getTestClass().map(Class::getSimpleName).orElse("")
            + context.getTestMethod().map(method -> "." + method.getName()).orElse("")
            + ": "
            + bound.get().value());
    return ConditionEvaluationResult.disabled(bound.get().value());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (TestStore.MONGODB) {
      assertThat(MongoForTests.violations()).as("asked of MongoDB").isEmpty();
    }
  }
}
