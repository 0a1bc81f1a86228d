package no.spor.activity;

/// How a person is called from outside, within one tenant. Personal: never in a log line, an
/// exception, a URL or a metric; `toString` shows nothing.
///
/// @param id the exact code points that came in; integers as their decimal text
public record PersonId(Namespace namespace, String id) {
  /// Accounts and visitors are apart.
  public enum Namespace {
    ACCOUNT(1),
    VISITOR(2);

    private final int code;

    Namespace(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }
  }

  @Override
  public String toString() {
    return "PersonId[" + namespace + ", …]";
  }
}
