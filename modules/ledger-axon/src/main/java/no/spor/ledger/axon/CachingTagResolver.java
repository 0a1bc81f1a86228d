package no.spor.ledger.axon;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.axonframework.eventsourcing.annotation.EventTag;
import org.axonframework.eventsourcing.eventstore.TagResolver;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventstreaming.Tag;
import org.jspecify.annotations.Nullable;

/// Tags of a payload's members annotated with `@EventTag`; looks at a class once. A member that is
/// iterable gives a tag for each element, null none.
final class CachingTagResolver implements TagResolver {
  private interface Getter {
    @Nullable Object get(Object payload) throws ReflectiveOperationException;
  }

  private record Source(String key, Getter getter) {}

  private static final ClassValue<List<Source>> SOURCES =
      new ClassValue<>() {
        @Override
        protected List<Source> computeValue(Class<?> type) {
          return sources(type);
        }
      };

  @Override
  public Set<Tag> resolve(EventMessage event) {
    Object payload = event.payload();
    List<Source> sources = payload == null ? List.of() : SOURCES.get(payload.getClass());
    if (payload == null || sources.isEmpty()) {
      return Set.of();
    }
    Set<Tag> tags = new HashSet<>();
    for (Source source : sources) {
      add(tags, source.key, read(source, payload));
    }
    return tags;
  }

  private static @Nullable Object read(Source source, Object payload) {
    try {
      return source.getter.get(payload);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("the tag " + source.key + " failed", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the tag " + source.key + " cannot be read", e);
    }
  }

  private static void add(Set<Tag> tags, String key, @Nullable Object value) {
    if (value instanceof Iterable<?> values) {
      values.forEach(element -> add(tags, key, element));
    } else if (value != null) {
      tags.add(new Tag(key, value.toString()));
    }
  }

  private static List<Source> sources(Class<?> type) {
    List<Source> sources = new ArrayList<>();
    for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
      for (Field field : at.getDeclaredFields()) {
        add(sources, field, field.getName(), field::get);
      }
      for (Method method : at.getDeclaredMethods()) {
        if (method.getParameterCount() == 0 && !method.isBridge()) {
          add(sources, method, memberName(method.getName()), method::invoke);
        }
      }
    }
    return List.copyOf(sources);
  }

  private static void add(
      List<Source> sources, AccessibleObject member, String name, Getter getter) {
    for (EventTag tag : member.getAnnotationsByType(EventTag.class)) {
      member.setAccessible(true);
      sources.add(new Source(tag.key().isEmpty() ? name : tag.key(), getter));
    }
  }

  private static String memberName(String method) {
    return method.length() > 3
            && method.startsWith("get")
            && Character.isUpperCase(method.charAt(3))
        ? Character.toLowerCase(method.charAt(3)) + method.substring(4)
        : method;
  }
}
