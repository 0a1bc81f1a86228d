package no.spor.vault;

import no.spor.activity.Role;

/// Whose content key seals a part (`FORMAT.md`, "Content key").
enum KeyKind {
  HISTORY(1),
  ACCOUNT(2),
  COMPANY(3),
  FENCE(4),
  ADMINISTRATION(5);

  private final byte code;

  KeyKind(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  boolean personal() {
    return this == HISTORY || this == ACCOUNT;
  }

  /// @return whether a period's key is among the keys: not so for control records, which must open
  ///   with any copy of the key store that knows the tenant
  boolean ofPeriod() {
    return personal() || this == COMPANY;
  }

  static KeyKind of(Role role, boolean untilClosed) {
    return switch (role) {
      case COMPANY -> COMPANY;
      case PAYLOAD -> ADMINISTRATION;
      case FENCE -> FENCE;
      case ACTOR, SUBJECT, VISITOR -> untilClosed ? ACCOUNT : HISTORY;
    };
  }

  /// @return whether a part of this kind can have this role
  boolean fits(Role role) {
    return this == of(role, this == ACCOUNT);
  }
}
