package no.spor.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction;
import java.nio.charset.Charset;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// The walls between the rooms. A wall that proves wrong is moved in one commit, here and in a
/// decision record (`modules/decisions`); nobody tunnels.
@AnalyzeClasses(
    packages = "no.spor",
    importOptions = {ImportOption.DoNotIncludeTests.class, WallsTest.NoTestJars.class})
class WallsTest {
  /// Tests of other modules that tests use come as folders in some builds, as jars in others.
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  private static final Set<Room> CORE =
      Set.of(
          Room.ACTIVITY,
          Room.VAULT,
          Room.LEDGER,
          Room.LEDGER_AXON,
          Room.TENANCY,
          Room.RECORDING,
          Room.INSIGHT);

  @ArchTest
  static void everyRoomIsLookedAt(JavaClasses classes) {
    for (Room room : Room.values()) {
      assertThat(classes.stream().filter(room::holds))
          .as("classes of %s on the class path of this test", room.basePackage())
          .isNotEmpty();
    }
  }

  @ArchTest
  static void everyClassStandsInARoom(JavaClasses classes) {
    DescribedPredicate<JavaClass> inNoRoom = not(Room.in(EnumSet.allOf(Room.class)));
    assertThat(classes.that(inNoRoom))
        .as("classes in no room: give a new module a line in Room, with what it may build on")
        .isEmpty();
  }

  private static final Set<String> CONTAINERS =
      Set.of(
          "no.spor.ledger.Block",
          "no.spor.ledger.Block$PartGroup",
          "no.spor.ledger.BlockHead",
          "no.spor.ledger.KeyStoreMark",
          "no.spor.ledger.LedgerDamageException",
          "no.spor.ledger.LedgerStore",
          "no.spor.ledger.Tag");

  /// A verifier that shares the writer's code shares its mistakes.
  @ArchTest
  static final ArchRule THE_VERIFIER_SHARES_NO_CODE_WITH_THE_WRITER =
      noClasses()
          .that()
          .resideInAPackage("no.spor.ledger.verify")
          .should()
          .dependOnClassesThat(
              DescribedPredicate.describe(
                  "are the house's, but neither the verifier's nor containers of stored bytes",
                  used ->
                      used.getPackageName().startsWith("no.spor")
                          && !used.getPackageName().equals("no.spor.ledger.verify")
                          && !CONTAINERS.contains(used.getName())))
          .because(
              "what it uses of the writer it does not check: write it once more, from FORMAT.md");

  @ArchTest
  static void roomsUseOnlyWhatTheyBuildOn(JavaClasses classes) {
    for (Room room : Room.values()) {
      Set<Room> forbidden = EnumSet.allOf(Room.class);
      forbidden.removeIf(room::mayUse);
      noClasses()
          .that(Room.in(room))
          .should()
          .dependOnClassesThat(Room.in(forbidden))
          .because(
              "the table in modules/decisions/0001-rooms-and-walls.md says what %s builds on; put a port (an interface) where it is needed and implement it outside, or move the code to the room whose sentence it is"
                  .formatted(room.basePackage()))
          .check(classes);
    }
  }

  @ArchTest
  static final ArchRule cryptographyOfSecretsStaysInTheVault =
      noClasses()
          .that(not(Room.in(Room.VAULT, Room.BENCHMARK)))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("javax.crypto..", "com.google.crypto.tink..")
          .because(
              "keys never leave the vault as bytes: ask the vault to seal, open or derive"
                  + " (MessageDigest is free to use)");

  @ArchTest
  static final ArchRule signingStaysWithTheLedger =
      noClasses()
          .that(not(Room.in(Room.VAULT, Room.LEDGER)))
          .should()
          .dependOnClassesThat(
              DescribedPredicate.describe(
                  "make or use signing keys",
                  javaClass ->
                      Set.of(
                              "java.security.Signature",
                              "java.security.KeyPairGenerator",
                              "java.security.PrivateKey")
                          .contains(javaClass.getName())))
          .because("checkpoints are signed behind the ledger's port CheckpointSigner: call that");

  @ArchTest
  static final ArchRule sqlStaysInItsAdapter =
      onlyIn(
              Set.of(Room.STORAGE_SQLITE, Room.BENCHMARK),
              "java.sql..",
              "javax.sql..",
              "org.sqlite..")
          .because("a store is reached by its port: add what is missing to the port, not SQL");

  @ArchTest
  static final ArchRule bsonStaysInItsAdapter =
      onlyIn(Set.of(Room.STORAGE_MONGODB), "com.mongodb..", "org.bson..")
          .because("a store is reached by its port: add what is missing to the port, not a query");

  @ArchTest
  static final ArchRule springStaysAtTheRim =
      onlyIn(Set.of(Room.SERVER, Room.CLI, Room.BENCHMARK), "org.springframework..")
          .because(
              "rooms are plain Java and are wired in the server: take it as a constructor"
                  + " argument");

  @ArchTest
  static final ArchRule axonStaysInItsRooms =
      onlyIn(
              Set.of(
                  Room.LEDGER_AXON,
                  Room.TENANCY,
                  Room.INSIGHT,
                  Room.RIGHTS,
                  Room.CONFORMANCE,
                  Room.SERVER,
                  Room.BENCHMARK),
              "org.axonframework..")
          .because(
              "an upgrade of Axon shall be a day's work: stores and the recorder speak the ledger's"
                  + " own types");

  @ArchTest
  static final ArchRule argumentsAreParsedInTheCommandLine =
      onlyIn(Set.of(Room.CLI), "picocli..")
          .because("only the command line parses arguments: take plain values");

  @ArchTest
  static final ArchRule testLibrariesStayInConformance =
      onlyIn(Set.of(Room.CONFORMANCE), "org.junit..", "org.assertj..", "org.awaitility..")
          .because("only the published suites need them in main code");

  @ArchTest
  static final ArchRule noJavaUtilLogging =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.util.logging..")
          .because("there is one logging path: SLF4J");

  @ArchTest
  static final ArchRule clockAndRandomnessArePassedIn =
      noClasses()
          .that(Room.in(CORE))
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(LocalDate.class, "now")
          .orShould()
          .callMethod(LocalDateTime.class, "now")
          .orShould()
          .callMethod(OffsetDateTime.class, "now")
          .orShould()
          .callMethod(ZonedDateTime.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Clock.class, "systemUTC")
          .orShould()
          .callMethod(Clock.class, "systemDefaultZone")
          .orShould()
          .callConstructor(Random.class)
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(UUID.class, "randomUUID")
          .orShould()
          .callMethod(ThreadLocalRandom.class, "current")
          .because(
              "a seeded simulation must be able to run the core: take a Clock (InstantSource) or a"
                  + " RandomGenerator as a constructor argument");

  @ArchTest
  static final ArchRule charsetsAreNamed =
      noClasses()
          .that(Room.in(CORE))
          .should()
          .callMethod(Charset.class, "defaultCharset")
          .because("bytes must not depend on the machine: name the charset, UTF-8");

  @ArchTest
  static final ArchRule onlyTheCommandLinePrints =
      noClasses()
          .that(not(Room.in(Room.CLI, Room.BENCHMARK)))
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .orShould()
          .callMethod(Throwable.class, "printStackTrace")
          .because("what a server has to say goes to its log, what a room has to say is a value");

  private static ClassesShouldConjunction onlyIn(Set<Room> rooms, String... packages) {
    return noClasses()
        .that(not(Room.in(rooms)))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages);
  }
}
