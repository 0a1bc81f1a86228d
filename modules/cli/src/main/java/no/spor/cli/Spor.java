package no.spor.cli;

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
    subcommands = {
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
      HelpCommand.class
    },
    footer = {
      "",
      "SPOR_URL and SPOR_KEY in the environment serve every command that talks to a server.",
      "`spor test` and `spor format` are the launcher's own."
    })
public final class Spor implements Runnable {

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  public static void main(String[] arguments) {
    // The rooms log through the platform: to where logback.xml says, from the first line on.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    System.exit(commandLine(System.getenv()).execute(arguments));
  }

  /// @param environment what chooses the language, see [Language]
  static CommandLine commandLine(Map<String, String> environment) {
    CommandLine commands = new CommandLine(new Spor());
    Language.of(environment).ifPresent(commands::setResourceBundle);
    return commands.setExecutionExceptionHandler((failure, commandLine, parsed) -> {
      if (!(failure instanceof CommandFailedException)) {
        throw failure;
      }
      commandLine.getErr().println("spor: " + failure.getMessage());
      return 1;
    });
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
