package no.spor.server.http;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import no.spor.recording.Recorder;
import no.spor.recording.Recorder.Result;
import no.spor.recording.Recorder.Submission;
import no.spor.server.metrics.IngestMeters;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import tools.jackson.core.JsonGenerator;

/// `POST /v1/events`: the four forms of CloudEvents' HTTP binding. A servlet of its own, behind the
/// same filters as everything: finding and calling a controller costs as much as sealing the event.
final class EventsServlet extends HttpServlet {
  static final String PATH = "/v1/events";
  private static final long serialVersionUID = 1L;
  private static final List<String> METHODS = List.of("POST", "OPTIONS");
  private static final String TYPE = "application/json";

  private final transient Recorder recorder;
  private final transient IngestMeters meters;
  private final transient KeyRates rates;
  private final transient ProblemHandler problems;

  EventsServlet(Recorder recorder, IngestMeters meters, KeyRates rates, ProblemHandler problems) {
    this.recorder = recorder;
    this.meters = meters;
    this.rates = rates;
    this.problems = problems;
  }

  /// Its place, whatever the settings are.
  @Component
  static final class Door extends ServletRegistrationBean<EventsServlet> {
    Door(Recorder recorder, IngestMeters meters, KeyRates rates, ProblemHandler problems) {
      super(new EventsServlet(recorder, meters, rates, problems), PATH);
      setLoadOnStartup(1);
    }
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      switch (request.getMethod()) {
        case "POST" -> record(request, response);
        case "OPTIONS" -> response.setHeader("Allow", String.join(", ", METHODS));
        default -> throw new HttpRequestMethodNotSupportedException(request.getMethod(), METHODS);
      }
    } catch (Exception | Error failure) {
      RequestTimes.failed(request, failure);
      problems.handle(
          failure instanceof Exception known ? known : new ServletException(failure),
          request,
          response);
    }
  }

  private void record(HttpServletRequest request, HttpServletResponse response) throws IOException {
    long begun = System.nanoTime();
    Answer answer;
    try {
      answer = record(request, atomic(request));
      meters.answered(System.nanoTime() - begun);
    } catch (IOException | RuntimeException refused) {
      meters.refused(ProblemHandler.slug(refused), System.nanoTime() - begun);
      throw refused;
    }
    answer.send(response);
  }

  /// Sent as it is: looking for a converter took as long as sealing the event.
  private record Answer(int status, String type, byte[] body) {
    void send(HttpServletResponse response) throws IOException {
      response.setStatus(status);
      response.setContentType(type);
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
    }
  }

  /// Asked of the query alone: a body with parameters is nothing that is taken here.
  private static boolean atomic(HttpServletRequest request) {
    if (request.getQueryString() == null) {
      return false;
    }
    String[] values;
    try {
      values = request.getParameterValues("atomic");
    } catch (IllegalStateException unreadable) {
      throw notAtomic();
    }
    String text = values == null ? "false" : values.length == 1 ? values[0] : "";
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw notAtomic();
    };
  }

  private static ProblemException notAtomic() {
    return new ProblemException(400, "invalid-parameter", "\"atomic\" is true or false.");
  }

  private Answer record(HttpServletRequest request, boolean atomic) throws IOException {
    Access access = Caller.with(request, AccessRole.EMITTER);
    Submission submission = submission(request);
    List<Result> results = recorder.record(access, submission, atomic);
    count(results);
    rates.events(access.keyId(), results.size());
    boolean single =
        submission instanceof Submission.Structured || submission instanceof Submission.Binary;
    return single ? one(results.getFirst()) : many(results);
  }

  private void count(List<Result> results) {
    long recorded = 0;
    long duplicate = 0;
    for (Result result : results) {
      switch (result) {
        case Result.Recorded stands when stands.duplicate() -> duplicate++;
        case Result.Recorded ignored -> recorded++;
        case Result.Rejected rejected -> meters.events(rejected.problem().slug(), 1);
      }
    }
    meters.events("recorded", recorded);
    meters.events("duplicate", duplicate);
  }

  private Submission submission(HttpServletRequest request) throws IOException {
    String type = RequestBytes.mediaType(request);
    return switch (type) {
      case "application/cloudevents+json" -> new Submission.Structured(body(request));
      case "application/cloudevents-batch+json" -> new Submission.Batch(body(request));
      case "application/x-ndjson" -> new Submission.Lines(body(request));
      default -> {
        boolean json = type.equals("application/json") || type.endsWith("+json");
        if (request.getHeader("ce-specversion") == null
            || type.startsWith("application/cloudevents")
            || !json) {
          throw new ProblemException(
              415,
              "unsupported-media-type",
              "Send application/cloudevents+json, application/cloudevents-batch+json,"
                  + " application/x-ndjson, or CloudEvents' binary mode: ce- headers with a body of"
                  + " application/json.");
        }
        yield new Submission.Binary(attributes(request, type), body(request));
      }
    };
  }

  private byte[] body(HttpServletRequest request) throws IOException {
    byte[] body = RequestBytes.read(request, RequestBytes.EVENTS_LIMIT);
    meters.bytes(body.length);
    return body;
  }

  /// CloudEvents HTTP binding 1.0.2, §3.1.3: names without `ce-`, values percent-decoded.
  private static Map<String, String> attributes(HttpServletRequest request, String mediaType) {
    Map<String, String> attributes = new TreeMap<>();
    Enumeration<String> names = request.getHeaderNames();
    while (names.hasMoreElements()) {
      String name = names.nextElement().toLowerCase(Locale.ROOT);
      if (name.startsWith("ce-")) {
        attributes.put(name.substring(3), percentDecoded(request.getHeader(name)));
      }
    }
    attributes.put("datacontenttype", mediaType);
    return attributes;
  }

  private static String percentDecoded(String value) {
    String text = Problems.utf8(value);
    if (text.indexOf('%') < 0) {
      return text;
    }
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException broken) {
      throw new ProblemException(
          422, "invalid-attribute", "A ce- header is not percent-encoded as it should be.");
    }
  }

  private static Answer one(Result result) {
    return switch (result) {
      case Result.Recorded recorded ->
          new Answer(
              recorded.duplicate() ? 200 : 201, TYPE, JsonBytes.write(out -> write(out, result)));
      case Result.Rejected rejected ->
          new Answer(
              rejected.problem().status(), Problems.MEDIA_TYPE, Problems.bytes(rejected.problem()));
    };
  }

  private static Answer many(List<Result> results) {
    byte[] body =
        JsonBytes.write(out -> {
          out.writeStartObject();
          out.writeArrayPropertyStart("results");
          for (Result result : results) {
            write(out, result);
          }
          out.writeEndArray();
          out.writeEndObject();
        });
    return new Answer(200, TYPE, body);
  }

  private static void write(JsonGenerator json, Result result) {
    json.writeStartObject();
    switch (result) {
      case Result.Recorded recorded -> {
        json.writeNumberProperty("position", recorded.position());
        if (recorded.duplicate()) {
          json.writeBooleanProperty("duplicate", true);
        }
        if (recorded.expired()) {
          json.writeBooleanProperty("expired", true);
        }
      }
      case Result.Rejected rejected -> {
        json.writeName("error");
        Problems.write(json, rejected.problem());
      }
    }
    json.writeEndObject();
  }
}
