package no.spor.storage.mongodb;

import com.mongodb.MongoClientSettings;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// What a place has around it. Simulations have a time of their own.
///
/// @param nanoTime monotonic; durations are measured by it, no clock is read
/// @param pause waits so many nanoseconds
/// @param driver has the last word on how the driver is set up
record Surroundings(
    LongSupplier nanoTime, LongConsumer pause, Consumer<MongoClientSettings.Builder> driver) {
  static final Surroundings REAL =
      new Surroundings(System::nanoTime, LockSupport::parkNanos, driver -> {});
}
