package no.spor.ledger.axon;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import org.axonframework.common.infra.ComponentDescriptor;
import org.axonframework.conversion.ConversionException;
import org.axonframework.conversion.Converter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Payloads to JSON bytes and back, by Jackson 3. A string is taken for JSON that is there already,
/// or plain text: its bytes are its UTF-8. Thread-safe.
final class JsonConverter implements Converter {
  private final JsonMapper mapper;

  JsonConverter(JsonMapper mapper) {
    this.mapper = mapper;
  }

  /// Axon asks in either order.
  @Override
  public boolean canConvert(Type from, Type to) {
    return from.equals(to) || from == byte[].class || to == byte[].class;
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <T> @Nullable T convert(@Nullable Object input, Type wanted) {
    if (input == null) {
      return null;
    }
    if (wanted instanceof Class<?> wantedClass && wantedClass.isInstance(input)) {
      return (T) input;
    }
    try {
      if (wanted == byte[].class) {
        return (T)
            (input instanceof String text
                ? text.getBytes(StandardCharsets.UTF_8)
                : mapper.writeValueAsBytes(input));
      }
      if (input instanceof byte[] bytes) {
        return wanted == String.class
            ? (T) new String(bytes, StandardCharsets.UTF_8)
            : mapper.readValue(bytes, mapper.constructType(wanted));
      }
      return mapper.convertValue(input, mapper.constructType(wanted));
    } catch (JacksonException | IllegalArgumentException e) {
      // Without the cause: Jackson quotes the payload.
      throw new ConversionException(
          "a " + input.getClass().getName() + " is no " + wanted.getTypeName());
    }
  }

  @Override
  public void describeTo(ComponentDescriptor descriptor) {
    descriptor.describeProperty("format", "JSON");
  }
}
