/// Backups of a data directory, and putting them back. Ledger and keys lie apart in a backup; the
/// root key, the checkpoints and the epoch keys are in none.
@NullMarked
package no.spor.server.backup;

import org.jspecify.annotations.NullMarked;
