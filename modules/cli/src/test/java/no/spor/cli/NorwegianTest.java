package no.spor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import no.spor.ledger.verify.Finding;
import no.spor.ledger.verify.FindingKind;
import no.spor.ledger.verify.Report;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
  void whatCommandsAndTheDoctorSayStandsInBothLanguages() {
    for (String name : List.of("no.spor.cli.said", "no.spor.server.doctor.findings")) {
      ResourceBundle english = ResourceBundle.getBundle(name, Locale.ROOT);
      ResourceBundle norwegian = ResourceBundle.getBundle(name, Locale.of("nb"));
      assertThat(norwegian.getLocale()).isEqualTo(Locale.of("nb"));
      assertThat(ownKeys(name)).as(name).isEqualTo(english.keySet());
      for (String key : english.keySet()) {
        assertThat(placeholders(norwegian.getString(key)))
            .as(key)
            .isEqualTo(placeholders(english.getString(key)));
      }
    }
    ResourceBundle said = ResourceBundle.getBundle("no.spor.cli.said", Locale.of("nb"));
    for (FindingKind kind : FindingKind.values()) {
      assertThat(said.getString("kind." + kind.label())).as(kind.label()).isNotBlank();
    }
  }

  private static Set<Object> ownKeys(String name) {
    try (InputStream in =
        Language.class.getResourceAsStream("/" + name.replace('.', '/') + "_nb.properties")) {
      Properties texts = new Properties();
      texts.load(new InputStreamReader(in, StandardCharsets.UTF_8));
      return texts.keySet();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static List<String> placeholders(String text) {
    return Pattern.compile("%[^ %]*?[sdf]")
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .toList();
  }

  @Test
  void outcomesAreToldInNorwegianAndNamesOfFindingsStay(@TempDir Path folder) throws Exception {
    Path none = folder.resolve("none");
    Said doctor = Said.in(NORWEGIAN, "doctor", "--data", none.toString());
    assertThat(doctor.exitCode()).isEqualTo(1);
    assertThat(doctor.out())
        .contains("feil     det finnes ingen datakatalog " + none)
        .contains("gjør: oppgi den med --data")
        .contains("ingen tjener ble spurt");
    Said verify = Said.in(NORWEGIAN, "verify");
    assertThat(verify.exitCode()).isEqualTo(2);
    assertThat(verify.err()).contains("kunne ikke kontrollere: si hva som skal kontrolleres");
    Said nowhere = Said.in(NORWEGIAN, "import", "--data", none.toString(), none.toString());
    assertThat(nowhere.exitCode()).isEqualTo(1);
    assertThat(nowhere.err()).contains("spor: " + none + " kan ikke leses");
    Said nobody = Said.in(NORWEGIAN, "tenant", "list", "--url", "http://127.0.0.1:1", "--key", "k");
    assertThat(nobody.err()).contains("spor: tjeneren svarer ikke på http://127.0.0.1:1");
    Said unanswered = Said.in(NORWEGIAN, "verify", "--url", "http://127.0.0.1:1");
    assertThat(unanswered.err()).contains("kunne ikke kontrollere: tjeneren svarer ikke på");
    StringWriter out = new StringWriter();
    VerifyOutput printed =
        new VerifyOutput(
            new PrintWriter(out, true),
            new PrintWriter(out, true),
            Words.of(Spor.commandLine(NORWEGIAN).getCommandSpec()));
    var findings = List.of(Finding.ofBlock(FindingKind.HEAD, 7, "in the verifier's words"));
    Report report =
        new Report(8, 9, new byte[32], findings, Map.of(FindingKind.HEAD, 1L), Map.of());
    assertThat(printed.print(report)).isEqualTo(1);
    assertThat(out.toString())
        .contains("head block 7: in the verifier's words")
        .contains("head betyr: det en blokk sier om seg selv, er endret")
        .contains("ikke i orden: 1 funn");
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
