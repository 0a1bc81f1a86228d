package no.spor.activity;

/// A view was given what begins beyond where it ends: what lies between would be missing for ever.
/// Whoever fills it begins again where the view ends.
public final class ViewGapException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /// @param applied every position below this one is in the view
  /// @param from where that begins which it was given
  public ViewGapException(long applied, long from) {
    super("the view ends before position " + applied + ", and what it was given begins at " + from);
  }

  /// @throws ViewGapException where `from` is beyond `applied`
  public static void check(long applied, long from) {
    if (from > applied) {
      throw new ViewGapException(applied, from);
    }
  }
}
