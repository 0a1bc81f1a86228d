package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Whoever's machine speaks Norwegian reads Norwegian, everywhere.
class NorwegianTest {

  private static final Map<String, String> NORWEGIAN = Map.of("LANG", "nb_NO.UTF-8");

  @Test
  void everyCommandOptionAndParameterIsExplainedInNorwegian() {
    Map<String, String> english = texts(Spor.commandLine(Map.of()));
    Map<String, String> norwegian = texts(Spor.commandLine(NORWEGIAN));
    assertThat(norwegian.keySet()).isEqualTo(english.keySet());
    Set<String> same = new TreeSet<>();
    english.forEach((where, text) -> {
      if (!text.isBlank() && text.equals(norwegian.get(where))) {
        same.add(where + ": " + text);
      }
    });
    assertThat(same).as("still in English").isEmpty();
  }

  @Test
  void theTextsNameNoOptionOrCommandThatIsGone() {
    var texts = Language.of(NORWEGIAN).orElseThrow();
    Set<String> known = new HashSet<>(texts(Spor.commandLine(Map.of())).keySet());
    List<String> stale = new ArrayList<>();
    for (String key : texts.keySet()) {
      if (key.startsWith("spor.") && !key.contains(".usage.") && !known.contains(key)) {
        stale.add(key);
      }
    }
    assertThat(stale).isEmpty();
  }

  @Test
  void theEnvironmentDecidesAndEnglishIsTheRest() {
    assertThat(Language.of(Map.of())).isEmpty();
    assertThat(Language.of(Map.of("LANG", "C.UTF-8"))).isEmpty();
    assertThat(Language.of(Map.of("LANG", "no_NO"))).isPresent();
    assertThat(Language.of(Map.of("LANG", "nb_NO", "LC_ALL", "en_GB.UTF-8"))).isEmpty();
    assertThat(Language.of(Map.of("SPOR_LANG", "nb", "LC_ALL", "en_GB.UTF-8"))).isPresent();
  }

  /// What is said of each command, option and parameter, by its key.
  private static Map<String, String> texts(CommandLine root) {
    Map<String, String> texts = new TreeMap<>();
    collect(root.getCommandSpec(), texts);
    return texts;
  }

  private static void collect(CommandSpec command, Map<String, String> texts) {
    String name = command.qualifiedName(".");
    texts.put(name + " description", String.join("\n", command.usageMessage().description()));
    texts.put(name + " footer", String.join("\n", command.usageMessage().footer()));
    texts.put(name + " header", String.join("\n", command.usageMessage().header()));
    for (ArgSpec argument : command.args()) {
      String key =
          argument instanceof OptionSpec option
              ? option.longestName().replaceFirst("^-+", "")
              : argument.paramLabel()
                  + "["
                  + ((CommandLine.Model.PositionalParamSpec) argument).index()
                  + "]";
      texts.put(name + "." + key, String.join("\n", Arrays.asList(argument.description())));
    }
    new HashSet<>(command.subcommands().values())
        .forEach(subcommand -> collect(subcommand.getCommandSpec(), texts));
  }
}
