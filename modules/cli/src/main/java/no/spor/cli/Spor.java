package no.spor.cli;

import java.util.List;
import java.util.Map;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/// The `spor` command: parses the arguments and hands over to the subcommand they name.
@Command(
    name = "spor",
    description = "An activity log that can forget.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "SPOR_URL and SPOR_KEY in the environment serve every command that talks to a server.",
      "`spor test` and `spor format` are the launcher's own."
    })
public final class Spor implements Runnable {

  private static final List<Class<?>> COMMANDS =
      List.of(
          DemoCommand.class,
          ServeCommand.class,
          ImportCommand.class,
          TenantCommand.class,
          KeyCommand.class,
          EraseCommand.class,
          RetentionCommand.class,
          KeyStoreCommand.class,
          CopyCommand.class,
          RebuildCommand.class,
          BackupCommand.class,
          RestoreCommand.class,
          VerifyCommand.class,
          LedgerCommand.class,
          AuditCommand.class,
          DoctorCommand.class,
          SoakCommand.class,
          ScanCommand.class,
          WitnessCommand.class,
          HelpCommand.class);

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  public static void main(String[] arguments) {
    // The rooms log through the platform: to where logback.xml says, from the first line on.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    List<Class<?>> named = arguments.length == 0 ? List.of() : named(arguments[0]);
    System.exit(
        commandLine(System.getenv(), named.isEmpty() ? COMMANDS : named).execute(arguments));
  }

  /// The one that is meant, if any: looking at all of them takes a fifth of a server's start.
  private static List<Class<?>> named(String name) {
    return COMMANDS.stream()
        .filter(command -> !command.equals(HelpCommand.class))
        .filter(command -> command.getAnnotation(Command.class).name().equals(name))
        .findFirst()
        .<List<Class<?>>>map(List::of)
        .orElse(List.of());
  }

  /// @param environment what chooses the language, see [Language]
  static CommandLine commandLine(Map<String, String> environment) {
    return commandLine(environment, COMMANDS);
  }

  private static CommandLine commandLine(
      Map<String, String> environment, List<Class<?>> subcommands) {
    CommandLine commands = new CommandLine(new Spor());
    subcommands.forEach(commands::addSubcommand);
    Language.of(environment).ifPresent(commands::setResourceBundle);
    return commands.setExecutionExceptionHandler((failure, commandLine, parsed) -> {
      if (!(failure instanceof CommandFailedException said)) {
        throw failure;
      }
      commandLine.getErr().println("spor: " + said.in(Words.of(commandLine.getCommandSpec())));
      return 1;
    });
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
