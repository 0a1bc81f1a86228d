package no.spor.storage.sqlite;

import java.nio.file.Path;
import no.spor.conformance.TimelineFixture;
import no.spor.conformance.TimelineSuite;
import org.junit.jupiter.api.io.TempDir;

class SqliteTimelineTest extends TimelineSuite {
  @TempDir Path temp;

  @Override
  protected TimelineFixture open() {
    return new SqliteTimelineFixture(temp.resolve("data"));
  }
}
