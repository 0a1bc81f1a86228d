package no.spor.conformance;

class InMemoryTimelineTest extends TimelineSuite {
  @Override
  protected TimelineFixture open() {
    return new InMemoryTimelineFixture();
  }
}
