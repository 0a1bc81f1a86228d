package no.spor.server.doctor;

/// What a look at one thing showed.
///
/// @param what one sentence
/// @param advice what to do; empty where nothing is to be done
public record Finding(Level level, String what, String advice) {
  /// How bad it is.
  public enum Level {
    WELL,
    /// To be looked after.
    WARNING,
    /// To be mended now.
    TROUBLE
  }

  public static Finding well(String what) {
    return new Finding(Level.WELL, what, "");
  }

  public static Finding warning(String what, String advice) {
    return new Finding(Level.WARNING, what, advice);
  }

  public static Finding trouble(String what, String advice) {
    return new Finding(Level.TROUBLE, what, advice);
  }
}
