package no.spor.benchmark;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.SharedCacheMode;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import no.spor.benchmark.Scenario.Need;
import org.axonframework.common.infra.ComponentDescriptor;
import org.axonframework.conversion.Converter;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine.AppendTransaction;
import org.axonframework.eventsourcing.eventstore.GenericTaggedEventMessage;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.eventsourcing.eventstore.jpa.AggregateBasedJpaEventStorageEngine;
import org.axonframework.eventsourcing.eventstore.jpa.AggregateEventEntry;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.unitofwork.transaction.Transaction;
import org.axonframework.messaging.core.unitofwork.transaction.TransactionManager;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventhandling.conversion.DelegatingEventConverter;
import org.hibernate.boot.model.TypeContributions;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.service.ServiceRegistry;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.descriptor.jdbc.VarbinaryJdbcType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Axon Framework's own engine for relational databases, with Hibernate's batching on.
final class AxonPeer {
  /// It asks the database for a number an event: so many events of a run must do.
  private static final int EVENTS_IN = 5;

  private AxonPeer() {}

  static List<Scenario> all() {
    return List.of(
        Scenario.of(
                "axon-postgresql",
                Groups.INGEST,
                "Axon 5.0.1, JPA engine, PostgreSQL",
                AxonPeer::postgres)
            .needing(Need.POSTGRESQL)
            .runs(3),
        Scenario.of("axon-h2", Groups.INGEST, "Axon 5.0.1, JPA engine, H2", AxonPeer::h2).runs(3));
  }

  private static List<Figure> postgres(Run run) throws Exception {
    try (var cluster = Postgres.start(run.folder())) {
      return measured(run, cluster.url(), Bytea.class.getName());
    }
  }

  /// H2 flushes at a commit only when asked to.
  private static List<Figure> h2(Run run) throws Exception {
    var file = run.fresh("h2").resolve("events");
    return measured(run, "jdbc:h2:file:" + file + ";WRITE_DELAY=0", null);
  }

  private static List<Figure> measured(Run run, String url, @Nullable String dialect) {
    var configuration =
        new PersistenceConfiguration("bench")
            .managedClass(AggregateEventEntry.class)
            .sharedCacheMode(SharedCacheMode.NONE)
            .property("jakarta.persistence.jdbc.url", url)
            .property("hibernate.hbm2ddl.auto", "create")
            .property("hibernate.jdbc.batch_size", Run.BATCH)
            .property("hibernate.order_inserts", true);
    if (dialect != null) {
      configuration.property("hibernate.dialect", dialect);
    }
    int count = run.events() / EVENTS_IN;
    try (var factory = configuration.createEntityManagerFactory()) {
      var managers = new Transactions(factory);
      var engine =
          new AggregateBasedJpaEventStorageEngine(
              managers::current, managers, new DelegatingEventConverter(new Json()), one -> one);
      append(engine, run.checkins(), run.events(), run.warmUp() / EVENTS_IN);
      long begun = System.nanoTime();
      append(engine, run.checkins(), 0, count);
      long took = System.nanoTime() - begun;
      engine.close();
      return List.of(Figure.rate(count, took));
    }
  }

  private static void append(
      AggregateBasedJpaEventStorageEngine engine, Checkins checkins, int from, int count) {
    for (int at = from; at < from + count; at += Run.BATCH) {
      List<TaggedEventMessage<?>> batch = new ArrayList<>();
      for (int i = at; i < Math.min(at + Run.BATCH, from + count); i++) {
        var checkin = checkins.at(i);
        batch.add(
            new GenericTaggedEventMessage<>(
                new GenericEventMessage(
                    checkin.id(),
                    new MessageType(Checkin.TYPE),
                    checkin.data().getBytes(StandardCharsets.UTF_8),
                    Map.of("tenant", SporNode.TENANT),
                    checkin.time()),
                Set.of()));
      }
      commit(engine.appendEvents(AppendCondition.none(), null, batch).join());
    }
  }

  private static <R> void commit(AppendTransaction<R> transaction) {
    transaction.afterCommit(transaction.commit(null).join(), null).join();
  }

  /// One transaction at a time, each with a session of its own.
  private static final class Transactions implements TransactionManager {
    private final EntityManagerFactory factory;
    private @Nullable EntityManager open;

    Transactions(EntityManagerFactory factory) {
      this.factory = factory;
    }

    EntityManager current() {
      var manager = open;
      if (manager == null) {
        throw new IllegalStateException("no transaction");
      }
      return manager;
    }

    @Override
    public Transaction startTransaction() {
      var manager = factory.createEntityManager();
      open = manager;
      manager.getTransaction().begin();
      return new Transaction() {
        @Override
        public void commit() {
          manager.getTransaction().commit();
          end();
        }

        @Override
        public void rollback() {
          manager.getTransaction().rollback();
          end();
        }

        private void end() {
          manager.close();
          open = null;
        }
      };
    }
  }

  private static final class Json implements Converter {
    @Override
    public boolean canConvert(Type from, Type to) {
      return true;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T> @Nullable T convert(@Nullable Object input, Type wanted) {
      return (T) (input instanceof byte[] ? input : JsonMapper.shared().writeValueAsBytes(input));
    }

    @Override
    public void describeTo(ComponentDescriptor descriptor) {}
  }

  /// As Axon's guide has it: bytes in the row, not in large objects beside it.
  public static final class Bytea extends PostgreSQLDialect {
    @Override
    protected String columnType(int code) {
      return code == SqlTypes.BLOB ? "bytea" : super.columnType(code);
    }

    @Override
    protected String castType(int code) {
      return code == SqlTypes.BLOB ? "bytea" : super.castType(code);
    }

    @Override
    public void contributeTypes(TypeContributions types, ServiceRegistry services) {
      super.contributeTypes(types, services);
      types
          .getTypeConfiguration()
          .getJdbcTypeRegistry()
          .addDescriptor(SqlTypes.BLOB, VarbinaryJdbcType.INSTANCE);
    }
  }
}
