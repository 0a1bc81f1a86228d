package no.spor.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// The import of one file: batches of lines, a few on the way at a time, answers taken in order.
/// Not thread-safe.
final class ImportRun implements AutoCloseable {
  private static final int BATCH_LINES = 500;
  private static final int BATCH_BYTES = 4 * 1024 * 1024;
  private static final int ON_THE_WAY = 3;

  private final ImportTarget target;
  private final ImportSource source;
  private final ImportProgress progress;
  private final RejectedLines rejectedLines;
  private final PrintWriter err;
  private final Words words;
  private final MessageDigest read = sha256();
  private final ImportTally tally = new ImportTally();
  private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
  private final Deque<Batch> onTheWay = new ArrayDeque<>();
  private long lineNumber;

  private ImportRun(
      ImportTarget target,
      ImportSource source,
      ImportProgress progress,
      RejectedLines rejectedLines,
      PrintWriter err,
      Words words) {
    this.words = words;
    this.target = target;
    this.source = source;
    this.progress = progress;
    this.rejectedLines = rejectedLines;
    this.err = err;
  }

  static ImportRun open(Path file, ImportTarget target, PrintWriter err, Words words)
      throws IOException {
    return new ImportRun(
        target,
        ImportSource.open(file),
        new ImportProgress(file, target.ledger()),
        new RejectedLines(file, err, words),
        err,
        words);
  }

  ImportTally run() throws IOException, InterruptedException {
    resume();
    try (ProgressBar bar = ProgressBar.onTerminal(words, "bar.importing", source.size())) {
      for (Batch batch = nextBatch(); batch != null; batch = nextBatch()) {
        List<byte[]> lines = batch.lines;
        batch.answers = senders.submit(() -> target.send(lines));
        onTheWay.add(batch);
        if (onTheWay.size() >= ON_THE_WAY) {
          take(onTheWay.remove());
        }
        bar.at(source.read(), tally.total());
      }
      while (!onTheWay.isEmpty()) {
        take(onTheWay.remove());
        bar.at(source.read(), tally.total());
      }
    }
    progress.finished();
    return tally;
  }

  /// Goes to where an interrupted import of the same bytes into the same ledger had come to.
  private void resume() throws IOException {
    ImportProgress.Mark mark = progress.read();
    if (mark == null) {
      rejectedLines.beginAnew();
      return;
    }
    while (lineNumber < mark.lines() && nextLine() != null) {
      // Only to see whether they are the same.
    }
    if (lineNumber != mark.lines() || !prefix().equals(mark.prefix())) {
      throw CommandFailedException.said("failed.other-file", progress.file());
    }
    tally.set(mark.recorded(), mark.duplicate(), mark.rejected());
    err.println(words.say("import.resumed", lineNumber));
    err.flush();
  }

  private @Nullable Batch nextBatch() throws IOException {
    Batch batch = new Batch();
    int bytes = 0;
    while (batch.lines.size() < BATCH_LINES && bytes < BATCH_BYTES) {
      byte[] line = nextLine();
      if (line == null) {
        break;
      }
      if (!blank(line)) {
        batch.lines.add(line);
        batch.numbers.add(lineNumber);
        bytes += line.length;
      }
    }
    batch.endLine = lineNumber;
    batch.prefix = prefix();
    return batch.lines.isEmpty() ? null : batch;
  }

  private byte @Nullable [] nextLine() throws IOException {
    byte[] line = source.line();
    if (line != null) {
      lineNumber++;
      read.update(line);
      read.update((byte) '\n');
    }
    return line;
  }

  private void take(Batch batch) throws IOException, InterruptedException {
    List<ImportTarget.Answer> answers;
    try {
      answers = batch.answers.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof CommandFailedException sentence) {
        throw words.failed("import.so-far", sentence.in(words), tally.sentence());
      }
      throw words.failed("import.stopped", String.valueOf(failed.getCause()).replaceAll(":.*", ""));
    }
    for (int i = 0; i < batch.lines.size(); i++) {
      switch (answers.get(i)) {
        case ImportTarget.Answer.Recorded recorded -> {
          if (recorded.duplicate()) {
            tally.duplicateOne();
          } else {
            tally.recordedOne();
          }
        }
        case ImportTarget.Answer.Rejected rejected -> {
          tally.rejectedOne();
          rejectedLines.add(batch.numbers.get(i), batch.lines.get(i), rejected);
        }
      }
    }
    rejectedLines.flush();
    progress.write(
        new ImportProgress.Mark(
            batch.endLine, batch.prefix, tally.recorded(), tally.duplicate(), tally.rejected()));
  }

  private String prefix() {
    try {
      return HexFormat.of().formatHex(((MessageDigest) read.clone()).digest());
    } catch (CloneNotSupportedException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static boolean blank(byte[] line) {
    for (byte one : line) {
      if (one != ' ' && one != '\t' && one != '\r') {
        return false;
      }
    }
    return true;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public void close() throws IOException {
    senders.shutdownNow();
    rejectedLines.close();
    source.close();
  }

  private static final class Batch {
    private final List<byte[]> lines = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();
    private long endLine;
    private String prefix = "";
    private Future<List<ImportTarget.Answer>> answers =
        java.util.concurrent.CompletableFuture.completedFuture(List.of());
  }
}
