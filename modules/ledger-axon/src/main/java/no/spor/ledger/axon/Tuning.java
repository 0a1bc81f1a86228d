package no.spor.ledger.axon;

import org.axonframework.common.configuration.ComponentRegistry;
import org.axonframework.conversion.Converter;
import org.axonframework.eventsourcing.configuration.EventSourcingConfigurer;
import org.axonframework.messaging.core.conversion.DelegatingMessageConverter;
import org.axonframework.messaging.core.conversion.MessageConverter;
import org.axonframework.messaging.eventhandling.conversion.DelegatingEventConverter;
import org.axonframework.messaging.eventhandling.conversion.EventConverter;

/// What every Axon configuration here has in common.
final class Tuning {
  /// Asks a server of the vendor for news at start and leaves a file in the user's home. It is left
  /// out of the build; should it come back, it is off.
  private static final String UPDATE_CHECK =
      "org.axonframework.update.UpdateCheckerConfigurationEnhancer";

  private Tuning() {}

  /// No transaction manager on purpose: one would commit before the engine does. Views have theirs
  /// on their own processors.
  static EventSourcingConfigurer configurer(LedgerStorageEngine engine, JsonConverter converter) {
    DelegatingMessageConverter messages = new DelegatingMessageConverter(converter);
    return EventSourcingConfigurer.create()
        .registerEventStorageEngine(_ -> engine)
        .registerTagResolver(_ -> new CachingTagResolver())
        .messaging(messaging ->
            messaging.registerMessageTypeResolver(_ -> new CachingMessageTypeResolver()))
        .componentRegistry(registry ->
            withoutUpdateCheck(registry)
                .registerComponent(Converter.class, _ -> converter)
                .registerComponent(MessageConverter.class, _ -> messages)
                .registerComponent(
                    EventConverter.class, _ -> new DelegatingEventConverter(messages)));
  }

  private static ComponentRegistry withoutUpdateCheck(ComponentRegistry registry) {
    boolean there =
        Tuning.class.getClassLoader().getResource(UPDATE_CHECK.replace('.', '/') + ".class")
            != null;
    return there ? registry.disableEnhancer(UPDATE_CHECK) : registry;
  }
}
