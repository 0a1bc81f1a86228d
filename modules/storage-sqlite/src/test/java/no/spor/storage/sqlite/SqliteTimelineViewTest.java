package no.spor.storage.sqlite;

import java.nio.file.Path;
import no.spor.conformance.TimelineFixture;
import no.spor.conformance.TimelineViewSuite;
import org.junit.jupiter.api.io.TempDir;

class SqliteTimelineViewTest extends TimelineViewSuite {
  @TempDir Path temp;

  @Override
  protected TimelineFixture open() {
    return new SqliteTimelineFixture(temp.resolve("data"));
  }
}
