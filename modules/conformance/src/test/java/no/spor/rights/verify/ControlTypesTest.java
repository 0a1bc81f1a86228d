package no.spor.rights.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The table of control records in `ledger/FORMAT.md` is what the verifier knows.
class ControlTypesTest {
  private static final Pattern NAME = Pattern.compile("`(-?[a-z]+(?:-[a-z]+)*)`");

  @Test
  void everyTypeOfTheFormatIsKnown() throws IOException {
    List<String> types = new ArrayList<>();
    boolean inTable = false;
    for (String line : Files.readAllLines(Path.of("../ledger/FORMAT.md"))) {
      if (line.startsWith("| type `spor.")) {
        inTable = true;
      } else if (inTable && line.startsWith("| `")) {
        var names = NAME.matcher(line.substring(0, line.indexOf(" | ")));
        while (names.find()) {
          types.add(names.group(1).startsWith("-") ? "erasure" + names.group(1) : names.group(1));
        }
      } else if (inTable && line.isBlank()) {
        break;
      }
    }
    assertThat(types).contains("period-expired", "erasure-completed", "operator-acted");
    assertThat(types).allSatisfy(type -> assertThat(ControlTypes.known("spor." + type)).isTrue());
  }
}
