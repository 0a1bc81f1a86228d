package no.spor.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import no.spor.ledger.LedgerBusyException;
import no.spor.recording.Recorder;
import no.spor.recording.Recorder.Result;
import no.spor.recording.Recorder.Submission;
import no.spor.recording.RejectedRequestException;
import no.spor.server.Node;
import no.spor.server.NodeOptions;
import no.spor.tenancy.Access;
import no.spor.tenancy.AccessRole;
import no.spor.tenancy.TenancyException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Imports into a data directory, without a server; makes the tenants it meets. Thread-safe.
final class LocalImportTarget implements ImportTarget {
  private static final Access ACCESS = new Access("import", AccessRole.EMITTER, null);
  private final Node node;
  private final PrintWriter err;
  private final Words words;

  private LocalImportTarget(Node node, PrintWriter err, Words words) {
    this.node = node;
    this.err = err;
    this.words = words;
  }

  static LocalImportTarget open(Path data, @Nullable Path rootFile, PrintWriter err, Words words) {
    try {
      Node node = Node.open(NodeOptions.importing(data, rootFile), InstantSource.system());
      node.rootKeyNotice().ifPresent(err::println);
      node.administratorKey().ifPresent(key -> err.println("administrator key: " + key));
      err.flush();
      return new LocalImportTarget(node, err, words);
    } catch (RuntimeException failed) {
      throw new CommandFailedException(StartFailure.sentence(failed));
    }
  }

  @Override
  public String ledger() {
    return node.ledgerId().toString();
  }

  @Override
  public List<Answer> send(List<byte[]> lines) {
    List<Answer> answers = new ArrayList<>(record(lines));
    List<Integer> again = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      if (answers.get(i) instanceof Answer.Rejected rejected
          && rejected.slug().equals("no-such-tenant")
          && createTenant(lines.get(i))) {
        again.add(i);
      }
    }
    if (!again.isEmpty()) {
      List<Answer> second = record(again.stream().map(lines::get).toList());
      for (int i = 0; i < again.size(); i++) {
        answers.set(again.get(i), second.get(i));
      }
    }
    return answers;
  }

  private List<Answer> record(List<byte[]> lines) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] line : lines) {
      body.writeBytes(line);
      body.write('\n');
    }
    try {
      List<Result> results = recordPatiently(new Submission.Lines(body.toByteArray()));
      if (results.size() != lines.size()) {
        throw CommandFailedException.said("failed.answers", results.size(), lines.size());
      }
      return results.stream().map(LocalImportTarget::answer).toList();
    } catch (RejectedRequestException refused) {
      if (lines.size() == 1) {
        return List.of(new Answer.Rejected(refused.problem().slug(), refused.problem().detail()));
      }
      int half = lines.size() / 2;
      List<Answer> answers = new ArrayList<>(record(lines.subList(0, half)));
      answers.addAll(record(lines.subList(half, lines.size())));
      return answers;
    }
  }

  private List<Result> recordPatiently(Submission lines) {
    Recorder recorder = node.recorder();
    while (true) {
      try {
        return recorder.record(ACCESS, lines, false);
      } catch (LedgerBusyException busy) {
        try {
          Thread.sleep(Math.max(1, busy.retryAfter().toMillis()));
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw CommandFailedException.said("failed.interrupted");
        }
      }
    }
  }

  private static Answer answer(Result result) {
    return switch (result) {
      case Result.Recorded recorded ->
          new Answer.Recorded(recorded.position(), recorded.duplicate());
      case Result.Rejected rejected ->
          new Answer.Rejected(rejected.problem().slug(), rejected.problem().detail());
    };
  }

  /// @return whether the line's tenant is there now
  private synchronized boolean createTenant(byte[] line) {
    String tenant = JsonMapper.shared().readTree(line).path("tenant").asString("");
    if (tenant.isEmpty()) {
      return false;
    }
    if (node.tenancy().tenant(tenant).isPresent()) {
      return true;
    }
    try {
      node.tenancy().createTenant(tenant, tenant);
    } catch (TenancyException refused) {
      return false;
    }
    err.println(words.say("import.tenant", tenant));
    err.flush();
    return true;
  }

  @Override
  public void finish() {
    long behind = node.timeline().behind();
    try (ProgressBar bar = ProgressBar.onTerminal(words, "bar.rebuilding", behind)) {
      for (long left = behind; left > 0; left = node.timeline().behind()) {
        bar.at(behind - left, behind - left);
        node.timeline().awaitPosition(node.ledger().size() - 1, Duration.ofMillis(200));
      }
    }
  }

  @Override
  public void close() {
    node.close();
  }
}
