package no.spor.storage.mongodb;

import no.spor.conformance.TimelineFixture;
import no.spor.conformance.TimelineViewSuite;

class MongoTimelineViewTest extends TimelineViewSuite {
  @Override
  protected TimelineFixture open() {
    return new MongoTimelineFixture();
  }
}
