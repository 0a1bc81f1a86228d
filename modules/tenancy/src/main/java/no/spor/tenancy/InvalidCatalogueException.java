package no.spor.tenancy;

/// A catalogue document that was refused as a whole; nothing was changed. The message says what is
/// wrong, where in the document, and what would be right.
public class InvalidCatalogueException extends TenancyException {
  private static final long serialVersionUID = 1L;

  /// @param where path within the document and line, for instance `types.order.placed.facets[1]
  ///   (line 7)`; empty for the document as a whole
  InvalidCatalogueException(String where, String what) {
    super("invalid-catalogue", where.isEmpty() ? what : where + ": " + what);
  }
}
