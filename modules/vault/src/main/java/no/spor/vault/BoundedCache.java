package no.spor.vault;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiPredicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Keeps what was used lately, and lets go of the rest at once: what nobody uses is wiped then.
/// Thread-safe.
///
/// Second chance (CLOCK): what has been given out since it was last looked at goes to the end of
/// the queue instead. Unlike a list in order of use, a hit then writes to the value alone and to
/// none of its neighbours, which are in nobody's processor cache.
final class BoundedCache<K, V extends Counted> {
  private static final int STRIPES = 16;

  private final List<Map<K, V>> stripes = new ArrayList<>();
  private final int stripeCapacity;
  private final ToIntFunction<K> group;
  private final LongAdder misses = new LongAdder();

  BoundedCache(int capacity) {
    this(capacity, Object::hashCode);
  }

  /// @param group keys with the same number lie together, so that [#removeGroup] finds them
  BoundedCache(int capacity, ToIntFunction<K> group) {
    this.group = group;
    stripeCapacity = Math.max(1, Math.ceilDiv(capacity, STRIPES));
    for (int i = 0; i < STRIPES; i++) {
      stripes.add(new LinkedHashMap<>());
    }
  }

  /// @return the value, retained for the caller, who must release it
  @Nullable V get(K key) {
    Map<K, V> stripe = stripe(key);
    synchronized (stripe) {
      V value = stripe.get(key);
      if (value == null || !value.retain()) {
        misses.increment();
        return null;
      }
      value.recent = true;
      return value;
    }
  }

  /// Keeps a value, in place of what stood there, until it is evicted. The caller goes on holding
  /// its own.
  void put(K key, V value) {
    Map<K, V> stripe = stripe(key);
    synchronized (stripe) {
      if (!value.retain()) {
        return;
      }
      V before = stripe.put(key, value);
      if (before != null) {
        before.release();
      }
      while (stripe.size() > stripeCapacity) {
        evict(stripe);
      }
    }
  }

  private void evict(Map<K, V> stripe) {
    Iterator<Map.Entry<K, V>> entries = stripe.entrySet().iterator();
    Map.Entry<K, V> eldest = entries.next();
    entries.remove();
    V value = eldest.getValue();
    if (value.recent) {
      value.recent = false;
      stripe.put(eldest.getKey(), value);
    } else {
      value.release();
    }
  }

  /// @return how full it is, and how often something was not there. Hits are not counted: a hit is
  ///   to write to nothing but the value
  VaultCondition.CacheFill fill() {
    int entries = 0;
    for (Map<K, V> stripe : stripes) {
      synchronized (stripe) {
        entries += stripe.size();
      }
    }
    return new VaultCondition.CacheFill(entries, stripeCapacity * STRIPES, misses.sum());
  }

  /// Lets go of a value, unless another has taken its place.
  void remove(K key, V value) {
    Map<K, V> stripe = stripe(key);
    synchronized (stripe) {
      if (stripe.remove(key, value)) {
        value.release();
      }
    }
  }

  /// Lets go of all that fit, of the keys with this group number.
  void removeGroup(int groupNumber, BiPredicate<K, V> condition) {
    removeIf(stripes.get(index(groupNumber)), condition);
  }

  void removeIf(BiPredicate<K, V> condition) {
    stripes.forEach(stripe -> removeIf(stripe, condition));
  }

  private void removeIf(Map<K, V> stripe, BiPredicate<K, V> condition) {
    synchronized (stripe) {
      Iterator<Map.Entry<K, V>> entries = stripe.entrySet().iterator();
      while (entries.hasNext()) {
        Map.Entry<K, V> entry = entries.next();
        if (condition.test(entry.getKey(), entry.getValue())) {
          entries.remove();
          entry.getValue().release();
        }
      }
    }
  }

  void clear() {
    removeIf((key, value) -> true);
  }

  private Map<K, V> stripe(K key) {
    return stripes.get(index(group.applyAsInt(key)));
  }

  private static int index(int groupNumber) {
    return groupNumber * 0x9e3779b9 >>> 28;
  }
}
