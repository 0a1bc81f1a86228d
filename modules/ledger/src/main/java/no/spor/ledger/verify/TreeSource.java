package no.spor.ledger.verify;

import java.util.List;

/// Where the public tree is read from (C2SP `tlog-tiles`), and a tenant's own headers. Thread-safe.
/// Nothing it says is believed.
public interface TreeSource {
  /// @return a bundle of entries; an empty array where it is not served
  byte[] entries(long index, int width);

  /// @return a tile; an empty array where it is not served
  byte[] tile(int level, long index, int width);

  /// @return the next headers of a tenant, ascending by position, none left out
  default OwnHeaders headers(long fromPosition) {
    return new OwnHeaders(List.of(), Long.MAX_VALUE);
  }

  /// @param next position from which to ask for more; [Long#MAX_VALUE] where there are none
  record OwnHeaders(List<OwnHeader> headers, long next) {}

  /// @param header the whole header, as it was hashed
  record OwnHeader(long position, byte[] header) {}
}
