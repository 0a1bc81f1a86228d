package no.spor.conformance;

class InMemoryTimelineViewTest extends TimelineViewSuite {
  @Override
  protected TimelineFixture open() {
    return new InMemoryTimelineFixture();
  }
}
