package no.spor.storage.mongodb;

import no.spor.conformance.TimelineFixture;
import no.spor.conformance.TimelineSuite;

class MongoTimelineTest extends TimelineSuite {
  @Override
  protected TimelineFixture open() {
    return new MongoTimelineFixture();
  }
}
