package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Style, where a machine can tell: sizes, names, and nothing left over.
class TidyTest {

  private static final int LONGEST_FILE_LINES = 500;
  private static final int LONGEST_METHOD_LINES = 70;
  private static final Pattern VAGUE_NAME =
      Pattern.compile("\\w*(Util|Utils|Utility|Manager|Helper|Helpers|Impl)");

  /// Written so that this file does not find itself.
  private static final Pattern LEFT_OVER =
      Pattern.compile("\\b(TO[D]O|FIX[M]E|XX[X])\\b|@Dis[a]bled\\b");

  private static Path modules;
  private static List<Path> sources;

  @BeforeAll
  static void findSources() throws IOException {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(folder.resolve("ops/spor"))) {
      folder = folder.getParent();
    }
    modules = folder.resolve("modules");
    try (Stream<Path> files = Files.walk(modules)) {
      sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> !modules.relativize(file).toString().contains("target/"))
              .sorted()
              .toList();
    }
    assertThat(sources).as("Java files under %s", modules).hasSizeGreaterThan(10);
  }

  @Test
  void filesAreShort() {
    assertThat(sources)
        .as("a class per idea: split what is longer than %d lines", LONGEST_FILE_LINES)
        .allSatisfy(file ->
            assertThat(lines(file).size()).as("%s", file).isLessThanOrEqualTo(LONGEST_FILE_LINES));
  }

  @Test
  void nothingIsLeftOver() {
    List<String> found = new ArrayList<>();
    for (Path file : sources) {
      List<String> lines = lines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (LEFT_OVER.matcher(lines.get(i)).find()) {
          found.add("%s:%d %s".formatted(modules.relativize(file), i + 1, lines.get(i).strip()));
        }
      }
    }
    assertThat(found)
        .as("finish it, or write an issue; a test that cannot run here states its condition")
        .isEmpty();
  }

  @Test
  void methodsAreShortAndNamesMeanSomething() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> found = new ArrayList<>();
    try (StandardJavaFileManager fileManager =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  fileManager,
                  null,
                  List.of("-proc:none"),
                  null,
                  fileManager.getJavaFileObjectsFromPaths(sources));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new Reader(unit, positions, found).scan(unit, null);
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void everyModuleSaysWhatLivesThere() throws IOException {
    try (Stream<Path> folders = Files.list(modules)) {
      assertThat(folders.filter(folder -> Files.exists(folder.resolve("pom.xml"))))
          .isNotEmpty()
          .allSatisfy(folder -> assertThat(folder.resolve("README.md")).isNotEmptyFile());
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Reader extends TreeScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> found;

    Reader(CompilationUnitTree unit, SourcePositions positions, List<String> found) {
      this.unit = unit;
      this.positions = positions;
      this.found = found;
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
      // Of the body alone: a table of examples in an annotation is data.
      Tree counted = method.getBody() == null ? method : method.getBody();
      long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, counted));
      long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, counted));
      if (last - first + 1 > LONGEST_METHOD_LINES) {
        found.add(
            "%s:%d %s has %d lines: name its steps"
                .formatted(
                    unit.getSourceFile().getName(), first, method.getName(), last - first + 1));
      }
      return super.visitMethod(method, unused);
    }

    @Override
    public Void visitClass(ClassTree type, Void unused) {
      if (VAGUE_NAME.matcher(type.getSimpleName()).matches()) {
        found.add(
            "%s: %s says nothing: name it after what it does"
                .formatted(unit.getSourceFile().getName(), type.getSimpleName()));
      }
      return super.visitClass(type, unused);
    }
  }
}
