/// Signed notes (C2SP `signed-note`), their keys, and timestamped cosignatures (C2SP
/// `tlog-cosignature`): how anything that the ledger signs is written and checked.
@NullMarked
package no.spor.ledger.note;

import org.jspecify.annotations.NullMarked;
