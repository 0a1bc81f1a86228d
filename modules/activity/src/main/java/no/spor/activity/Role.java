package no.spor.activity;

import org.jspecify.annotations.Nullable;

/// Whose a part of an event is. The code stands in the header's body and in the part (`FORMAT.md`
/// of `activity` and `vault`).
public enum Role {
  /// Members that outlive the person, and events that name nobody.
  COMPANY(0, "company"),
  /// Who did it.
  ACTOR(1, "actor"),
  /// To whom it was done.
  SUBJECT(2, "subject"),
  /// Who is known by a cookie or an address alone.
  VISITOR(3, "visitor"),
  /// A person's lookup in a control record.
  FENCE(16, "fence"),
  /// An administrative event's payload.
  PAYLOAD(17, "payload");

  private final int code;
  private final String label;

  Role(int code, String label) {
    this.code = code;
    this.label = label;
  }

  public int code() {
    return code;
  }

  /// @return the name on the wire
  public String label() {
    return label;
  }

  /// @return whether parts of this role are one person's
  public boolean personal() {
    return this == ACTOR || this == SUBJECT || this == VISITOR;
  }

  /// @throws IllegalArgumentException where no role has the code
  public static Role ofCode(int code) {
    Role role = ofCodeOrNull(code);
    if (role == null) {
      throw new IllegalArgumentException("no role has the code " + code);
    }
    return role;
  }

  static @Nullable Role ofCodeOrNull(int code) {
    return switch (code) {
      case 0 -> COMPANY;
      case 1 -> ACTOR;
      case 2 -> SUBJECT;
      case 3 -> VISITOR;
      case 16 -> FENCE;
      case 17 -> PAYLOAD;
      default -> null;
    };
  }
}
