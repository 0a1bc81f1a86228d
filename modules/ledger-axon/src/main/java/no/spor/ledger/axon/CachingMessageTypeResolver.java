package no.spor.ledger.axon;

import java.util.Optional;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.MessageTypeResolver;
import org.axonframework.messaging.core.annotation.AnnotationMessageTypeResolver;

/// Message types by annotation (`@Event`, `@Command`, `@Query`), looked up once for each class.
final class CachingMessageTypeResolver implements MessageTypeResolver {
  private final MessageTypeResolver annotations = new AnnotationMessageTypeResolver();
  private final ClassValue<Optional<MessageType>> types =
      new ClassValue<>() {
        @Override
        protected Optional<MessageType> computeValue(Class<?> type) {
          return annotations.resolve(type);
        }
      };

  @Override
  public Optional<MessageType> resolve(Class<?> payloadType) {
    return types.get(payloadType);
  }
}
