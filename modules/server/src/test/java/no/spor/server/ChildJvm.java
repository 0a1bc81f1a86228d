package no.spor.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/// Processes of this test's class path that begin quickly, since many of them are killed: the first
/// leaves an archive of the classes that it loaded (class-data sharing), the others use it.
final class ChildJvm {
  /// As many at once as they are on a machine of two cores.
  private static final int AT_ONCE = 2;

  private final Class<?> main;
  private final Path archive;

  ChildJvm(Class<?> main, Path archive) {
    this.main = main;
    this.archive = archive;
  }

  /// @param log for what it says on standard error
  Process start(File log, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-Xlog:disable",
                "--enable-native-access=ALL-UNNAMED",
                TestStore.storeFlag(),
                TestStore.placeFlag(),
                Files.exists(archive)
                    ? "-XX:SharedArchiveFile=" + archive
                    : "-XX:ArchiveClassesAtExit=" + archive,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(log).start();
  }

  /// Does some work so many times, a few at once.
  static <T> List<T> each(int times, IntFunction<Callable<T>> work) throws Exception {
    List<T> done = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<T>> running = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        running.add(threads.submit(work.apply(i)));
      }
      for (Future<T> one : running) {
        done.add(one.get());
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
    return done;
  }
}
