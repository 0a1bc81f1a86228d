package no.spor.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import no.spor.activity.Catalogue;
import no.spor.activity.RetentionPeriod;
import no.spor.ledger.LedgerRecord;
import no.spor.tenancy.Tenancy.KeyInfo;
import no.spor.tenancy.Tenancy.NewKey;
import no.spor.tenancy.Tenancy.Tenant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TenancyTest {
  private final Deployment deployment = new Deployment(new UUID(8, 9));
  private final Deployment.Node node = new Deployment.Node(deployment, new InMemoryRegistryStore());
  private final Tenancy tenancy = node.tenancy;

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void whatWasChangedIsVisibleWhenTheCallReturns() {
    Tenant made = tenancy.createTenant("bygg-as", "Bygg AS");
    assertThat(tenancy.tenant("bygg-as")).contains(made);
    assertThat(tenancy.tenants()).containsExactly(made);
    NewKey key = tenancy.createKey(AccessRole.OFFICER, "bygg-as", "privacy desk");
    assertThat(tenancy.authenticate(key.secret()))
        .contains(new Access(key.id(), AccessRole.OFFICER, "bygg-as"));
    assertThat(tenancy.revokeKey(key.id(), null)).isTrue();
    assertThat(tenancy.authenticate(key.secret())).isEmpty();
    assertThat(tenancy.keys(null).getFirst().revokedAt()).isNotNull();
    assertThat(tenancy.catalogue("bygg-as").orElseThrow().types())
        .isEqualTo(ShippedCatalogue.types());
  }

  @Test
  void everyRecordIsASealedControlRecordOfTheAdministration() {
    tenancy.createTenant("bygg-as", "Bygg Aksjeselskap");
    NewKey key = tenancy.createKey(AccessRole.ADMIN, "bygg-as", "key-of-the-desk");
    List<LedgerRecord> records = node.ledger.readFrom(0, 10);
    assertThat(records).hasSize(2).allMatch(record -> record.stream().equals("spor"));
    assertThat(deployment.blocks(0, 10)).allMatch(block -> block.head().control());
    for (LedgerRecord record : records) {
      String all =
          new String(record.header(), java.nio.charset.StandardCharsets.ISO_8859_1)
              + record.parts().stream()
                  .map(part ->
                      new String(
                          ((LedgerRecord.RecordPart.Kept) part).bytes(),
                          java.nio.charset.StandardCharsets.ISO_8859_1))
                  .toList();
      assertThat(all).doesNotContain("Aksjeselskap", "key-of-the-desk", key.secret().substring(22));
    }
  }

  @Test
  void tenantIdsAreCheckedAndTaken() {
    for (String id : List.of("", "Bygg", "-a", "a b", "å", "a".repeat(64), "spor", "a/b", "a_b")) {
      assertProblem("invalid-tenant-id", () -> tenancy.createTenant(id, "x"));
    }
    for (String name : List.of("", " ", "a\nb", "\ud800", "n".repeat(201))) {
      assertProblem("invalid-tenant-name", () -> tenancy.createTenant("a", name));
    }
    tenancy.createTenant("a", "A");
    assertProblem("tenant-exists", () -> tenancy.createTenant("a", "B"));
    assertThat(tenancy.tenants()).hasSize(1);
    assertThat(node.ledger.size()).isEqualTo(1);
  }

  @Test
  void keysNeedTheirTenant() {
    assertProblem("no-such-tenant", () -> tenancy.createKey(AccessRole.EMITTER, "nobody", "x"));
    assertProblem("no-such-tenant", () -> tenancy.putCatalogue("nobody", "{}"));
    assertProblem("no-such-tenant", () -> tenancy.catalogueDocument("nobody"));
    assertProblem("no-such-tenant", () -> tenancy.policies("nobody"));
    assertThat(tenancy.catalogue("nobody")).isEmpty();
    assertThat(node.ledger.size()).isZero();
  }

  @Test
  void aTenantSeesAndRevokesItsOwnKeysAlone() {
    tenancy.createTenant("a", "A");
    tenancy.createTenant("b", "B");
    NewKey ofA = tenancy.createKey(AccessRole.EMITTER, "a", "");
    NewKey ofB = tenancy.createKey(AccessRole.ADMIN, "b", "");
    NewKey ofOperator = tenancy.createKey(AccessRole.AUDITOR, null, "");
    assertThat(tenancy.keys("a")).extracting(KeyInfo::id).containsExactly(ofA.id());
    assertThat(tenancy.keys("b")).extracting(KeyInfo::id).containsExactly(ofB.id());
    assertThat(tenancy.keys("c")).isEmpty();
    assertThat(tenancy.keys(null)).hasSize(3);
    assertThat(tenancy.revokeKey(ofA.id(), "b")).isFalse();
    assertThat(tenancy.revokeKey(ofOperator.id(), "b")).isFalse();
    assertThat(tenancy.authenticate(ofA.secret())).isPresent();
    assertThat(tenancy.authenticate(ofOperator.secret()).orElseThrow().reaches("b")).isTrue();
    assertThat(tenancy.authenticate(ofB.secret()).orElseThrow().reaches("a")).isFalse();
    assertThat(tenancy.revokeKey(ofA.id(), "a")).isTrue();
    assertThat(tenancy.authenticate(ofA.secret())).isEmpty();
    assertThat(tenancy.authenticate(ofB.secret())).isPresent();
  }

  @Test
  void revokingTwiceRecordsOnce() {
    tenancy.createTenant("a", "A");
    NewKey key = tenancy.createKey(AccessRole.EMITTER, "a", "");
    assertThat(tenancy.revokeKey(key.id(), "a")).isTrue();
    Instant first = tenancy.keys("a").getFirst().revokedAt();
    long size = node.ledger.size();
    assertThat(tenancy.revokeKey(key.id(), "a")).isTrue();
    assertThat(node.ledger.size()).isEqualTo(size);
    assertThat(tenancy.keys("a").getFirst().revokedAt()).isEqualTo(first);
    assertThat(tenancy.revokeKey("nosuchkeynosuchk", null)).isFalse();
  }

  @Test
  void theFirstAdministratorIsMadeOnce() {
    NewKey first = tenancy.ensureAdministrator().orElseThrow();
    assertThat(tenancy.authenticate(first.secret()))
        .contains(new Access(first.id(), AccessRole.ADMIN, null));
    assertThat(tenancy.ensureAdministrator()).isEmpty();
    assertProblem("last-administrator", () -> tenancy.revokeKey(first.id(), null));
    NewKey second = tenancy.createKey(AccessRole.ADMIN, null, "second");
    assertThat(tenancy.revokeKey(first.id(), null)).isTrue();
    assertThat(tenancy.authenticate(first.secret())).isEmpty();
    assertProblem("last-administrator", () -> tenancy.revokeKey(second.id(), null));
    assertThat(tenancy.ensureAdministrator()).isEmpty();
  }

  @Test
  void changesTellOnWhoseBehalfTheyWereMade() {
    NewKey admin = tenancy.ensureAdministrator().orElseThrow();
    Access access = tenancy.authenticate(admin.secret()).orElseThrow();
    tenancy.onBehalfOf(access).createTenant("a", "A");
    ControlRecords records = new ControlRecords(node.payloads);
    List<ControlRecords.Happened> all =
        deployment.controlBlocks(0, deployment.newest().orElseThrow().number() + 1, 10).stream()
            .flatMap(b -> records.in(b).stream())
            .toList();
    assertThat(all).extracting(happened -> happened.event().by()).containsExactly(null, admin.id());
  }

  @Test
  void garbageIsNobodysKey() {
    NewKey key = tenancy.createKey(AccessRole.ADMIN, null, "");
    String secret = key.secret();
    assertThat(secret).hasSize(65).matches("spor_[a-z0-9]{16}_[A-Za-z0-9]{43}");
    for (int i = 0; i < secret.length(); i++) {
      assertThat(tenancy.authenticate(secret.substring(0, i))).isEmpty();
      char other = secret.charAt(i) == 'a' ? 'b' : 'a';
      assertThat(tenancy.authenticate(secret.substring(0, i) + other + secret.substring(i + 1)))
          .as("changed at %d", i)
          .isEmpty();
    }
    for (String garbage :
        List.of(
            "",
            "spor_",
            secret + "a",
            " " + secret,
            secret + "\n",
            "Bearer " + secret,
            secret.toUpperCase(java.util.Locale.ROOT),
            "x".repeat(65),
            "\u0000".repeat(65),
            "spor_" + key.id() + "_" + "é".repeat(43),
            "spor_" + key.id() + "_" + "\ud800".repeat(43),
            "spor_" + key.id(),
            "x".repeat(1 << 20))) {
      assertThat(tenancy.authenticate(garbage)).isEmpty();
    }
    assertThat(tenancy.authenticate(secret)).isPresent();
  }

  /// Timing itself cannot be asserted on a shared machine; that nothing but the platform's
  /// constant-time compare touches the hashes can.
  @Test
  void hashesAreComparedInConstantTime() throws Exception {
    try (var in = RegistryState.class.getResourceAsStream("RegistryState.class")) {
      String code = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
      assertThat(code).contains("java/security/MessageDigest", "isEqual");
      assertThat(code).doesNotContain("java/util/Arrays");
    }
  }

  @Test
  void secretsShowNowhere() {
    NewKey key = tenancy.createKey(AccessRole.ADMIN, null, "n");
    assertThat(key.toString()).doesNotContain(key.secret().substring(22));
    assertThat(node.registry.state().key(key.id()).stored().toString())
        .doesNotContain(KeySecret.encode(KeySecret.hash(key.secret())));
  }

  @Test
  void aCatalogueGrowsOnTheShippedOne() {
    tenancy.createTenant("a", "A");
    String document =
        """
        types:
          order.placed: { retention: orders, people: { actor: /by, subject: /customer/id }, rest: subject, facets: [ /shop ] }
          logout: { retention: operations, people: { actor: /user }, facets: [ /app ] }
        retention: { orders: P5Y, session: P7D }
        unknownTypes: private
        """;
    Catalogue put = tenancy.putCatalogue("a", document);
    assertThat(tenancy.catalogue("a")).contains(put);
    assertThat(tenancy.catalogueDocument("a")).isEqualTo(document);
    assertThat(put.version()).isEqualTo(2);
    assertThat(put.unknownTypesPrivate()).isTrue();
    assertThat(put.types()).containsKeys("order.placed", "site.checkin", "personal-data.viewed");
    assertThat(put.types().get("logout").retention()).isEqualTo("operations");
    assertThat(put.classes().get("orders").policyVersion()).isEqualTo(1);
    assertThat(put.classes().get("session").policyVersion()).isEqualTo(2);
    assertThat(put.classes().get("history").policyVersion()).isEqualTo(1);

    Catalogue same = tenancy.putCatalogue("a", document);
    assertThat(same.version()).isEqualTo(3);
    assertThat(same.classes()).isEqualTo(put.classes());

    Catalogue back = tenancy.putCatalogue("a", "{}");
    assertThat(back.version()).isEqualTo(4);
    assertThat(back.types()).isEqualTo(ShippedCatalogue.types());
    assertThat(back.classes().get("session").policyVersion()).isEqualTo(3);
    assertThat(back.classes().get("orders").policyVersion())
        .as("a class once made stays: what is recorded in it needs its period")
        .isEqualTo(1);
  }

  @Test
  void aChangeNeverLoosensWhatIsRecorded() {
    tenancy.createTenant("a", "A");
    int day = Math.toIntExact(LocalDate.of(2026, 1, 1).toEpochDay());
    for (String period : List.of("P30D", "P10D", "P60D", "forever")) {
      tenancy.putCatalogue("a", "retention: { session: " + period + " }");
    }
    List<PolicyVersion> history = tenancy.policies("a").get("session");
    assertThat(history).extracting(PolicyVersion::version).containsExactly(1, 2, 3, 4, 5);
    assertThat(history.getFirst().period()).isEqualTo(ShippedCatalogue.retention().get("session"));
    assertThat(history.getLast().period()).isEqualTo(new RetentionPeriod.Forever());
    assertThat(history).extracting(PolicyVersion::since).isSorted();
    Instant afterTen = Instant.parse("2026-01-12T00:00:00Z");
    assertThat(PolicyVersion.endOf(history, 1, day)).isEqualTo(afterTen);
    assertThat(PolicyVersion.endOf(history, 2, day)).isEqualTo(afterTen);
    assertThat(PolicyVersion.endOf(history, 3, day)).isEqualTo(afterTen);
    assertThat(PolicyVersion.endOf(history, 4, day)).isEqualTo("2026-03-03T00:00:00Z");
    assertThat(PolicyVersion.endOf(history, 5, day)).isEqualTo(Instant.MAX);
  }

  @Test
  void aClassKeepsItsKindOfKey() {
    tenancy.createTenant("a", "A");
    tenancy.putCatalogue("a", "retention: { own: until-closed }");
    long size = node.ledger.size();
    for (String change :
        List.of(
            "account: P1Y",
            "account: forever",
            "session: until-closed",
            "history: until-closed",
            "own: P1D")) {
      assertProblem(
          "invalid-catalogue", () -> tenancy.putCatalogue("a", "retention: { " + change + " }"));
    }
    tenancy.putCatalogue("a", "retention: { session: forever, history: P10Y }");
    assertThat(node.ledger.size()).isEqualTo(size + 1);
  }

  @Test
  void classesOfFormerDocumentsCountTowardsTheLimit() {
    tenancy.createTenant("a", "A");
    tenancy.putCatalogue("a", classes("x", 40));
    assertProblem("invalid-catalogue", () -> tenancy.putCatalogue("a", classes("y", 40)));
    tenancy.putCatalogue("a", classes("y", 20));
    assertThat(tenancy.policies("a")).hasSize(64);
  }

  @Test
  void aRefusedDocumentChangesNothing() {
    tenancy.createTenant("a", "A");
    Catalogue before = tenancy.catalogue("a").orElseThrow();
    HostileCatalogueTest.refused()
        .map(arguments -> (String) arguments.get()[0])
        .forEach(document ->
            assertProblem("invalid-catalogue", () -> tenancy.putCatalogue("a", document)));
    assertThat(tenancy.catalogue("a")).containsSame(before);
    assertThat(node.ledger.size()).isEqualTo(1);
  }

  @Test
  void theLargestDocumentFitsARecord() {
    tenancy.createTenant("a", "A");
    String document = "#\"\n".repeat(DocumentTree.MAX_BYTES / 3);
    tenancy.putCatalogue("a", document);
    assertThat(tenancy.catalogueDocument("a")).isEqualTo(document);
  }

  private static String classes(String name, int count) {
    StringBuilder document = new StringBuilder("retention:\n");
    for (int i = 0; i < count; i++) {
      document.append("  ").append(name).append(i).append(": P1D\n");
    }
    return document.toString();
  }

  private static void assertProblem(String problem, Runnable change) {
    assertThatThrownBy(change::run)
        .isInstanceOfSatisfying(
            TenancyException.class, e -> assertThat(e.problem()).isEqualTo(problem));
  }
}
