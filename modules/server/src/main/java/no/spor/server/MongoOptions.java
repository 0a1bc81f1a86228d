package no.spor.server;

import java.time.Duration;
import no.spor.storage.mongodb.MongoSettings;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;

/// Where on MongoDB each duty's documents lie.
///
/// @param followEvery how often a node looks for what others wrote
/// @param freshWithin how lately a node must have seen the newest block before it hands anything
///   out: after an erasure every node has let go of the person by then
public record MongoOptions(
    MongoSettings ledger,
    MongoSettings keys,
    MongoSettings epochs,
    MongoSettings checkpoints,
    MongoSettings views,
    Duration followEvery,
    Duration freshWithin) {
  private static final Duration FOLLOW_EVERY = Duration.ofMillis(250);
  private static final Duration FRESH_WITHIN = Duration.ofSeconds(5);

  /// All duties on one server, each in a database of its own.
  ///
  /// @param prefix of the databases' names: `spor` gives `spor_ledger` and so on
  public static MongoOptions on(String uri, String prefix, boolean allowStandalone) {
    SporSettings.Place none = new SporSettings.Place(null, null);
    return of(
        new SporSettings.Mongodb(
            uri, prefix, allowStandalone, false, FRESH_WITHIN, none, none, none, none, none));
  }

  /// As the environment says (`SPOR_MONGODB_URI`, `SPOR_MONGODB_KEYS_URI`, …), as it does for a
  /// server.
  public static MongoOptions ofEnvironment() {
    return of(environment().mongodb());
  }

  /// As the environment says, but for what is given here.
  public static MongoOptions ofEnvironment(
      @Nullable String uri, @Nullable String prefix, boolean allowStandalone) {
    SporSettings.Mongodb said = environment().mongodb();
    return of(
        new SporSettings.Mongodb(
            first(uri, said.uri()),
            first(prefix, said.database()),
            said.allowStandalone() || allowStandalone,
            said.allowUnsafe(),
            said.freshWithin(),
            said.ledger(),
            said.keys(),
            said.epochs(),
            said.checkpoints(),
            said.views()));
  }

  /// @return null where the environment's `SPOR_STORE` is not `mongodb`
  static @Nullable MongoOptions ifInEnvironment() {
    SporSettings settings = environment();
    return settings.onMongodb() ? of(settings.mongodb()) : null;
  }

  private static SporSettings environment() {
    StandardEnvironment environment = new StandardEnvironment();
    ConfigurationPropertySources.attach(environment);
    new DerivedSettings().postProcessEnvironment(environment, new SpringApplication());
    return Binder.get(environment).bindOrCreate("spor", Bindable.of(SporSettings.class));
  }

  static MongoOptions of(SporSettings.Mongodb settings) {
    return new MongoOptions(
        place(settings, settings.ledger(), "ledger"),
        place(settings, settings.keys(), "keys"),
        place(settings, settings.epochs(), "epochs"),
        place(settings, settings.checkpoints(), "checkpoints"),
        place(settings, settings.views(), "views"),
        FOLLOW_EVERY,
        settings.freshWithin());
  }

  private static MongoSettings place(
      SporSettings.Mongodb all, SporSettings.Place own, String duty) {
    String uri = first(own.uri(), all.uri());
    String database = first(own.database(), all.database() + "_" + duty);
    return MongoSettings.of(uri, database)
        .withAllowStandalone(all.allowStandalone())
        .withAllowUnsafe(all.allowUnsafe());
  }

  private static String first(@Nullable String own, String common) {
    return own == null || own.isBlank() ? common : own;
  }
}
