package no.spor.rights.verify;

import java.util.Set;

/// The types of stream `spor` that are control records, for good.
final class ControlTypes {
  static final String TENANT_CREATED = "spor.tenant-created";
  static final String CATALOGUE_CHANGED = "spor.catalogue-changed";
  static final String PERSON_ERASED = "spor.person-erased";
  static final String PERSON_PERMITTED = "spor.person-permitted";
  static final String ACCOUNT_CLOSED = "spor.account-closed";
  static final String PARTS_COUNTED = "spor.parts-counted";
  static final String PERIOD_EXPIRED = "spor.period-expired";
  static final String LEDGER_CONTINUED = "spor.ledger-continued";
  static final String TENANT_LEFT = "spor.tenant-left";

  private static final Set<String> KNOWN =
      Set.of(
          TENANT_CREATED,
          CATALOGUE_CHANGED,
          "spor.key-created",
          "spor.key-revoked",
          "spor.erasure-requested",
          "spor.erasure-verified",
          "spor.erasure-approved",
          "spor.erasure-rejected",
          "spor.erasure-extended",
          "spor.erasure-held",
          "spor.erasure-released",
          PERSON_ERASED,
          ACCOUNT_CLOSED,
          PARTS_COUNTED,
          "spor.erasure-completed",
          PERSON_PERMITTED,
          PERIOD_EXPIRED,
          "spor.loss-accepted",
          "spor.ledger-key",
          LEDGER_CONTINUED,
          "spor.operator-acted",
          TENANT_LEFT);

  private ControlTypes() {}

  static boolean known(String type) {
    return KNOWN.contains(type);
  }

  /// @return whether its payload tells periods
  static boolean changesPolicies(String type) {
    return type.equals(TENANT_CREATED) || type.equals(CATALOGUE_CHANGED);
  }
}
