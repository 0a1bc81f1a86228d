/// Witnesses (C2SP `tlog-witness`, `tlog-cosignature`): others who remember how long a ledger was
/// and what it said, so that it can neither go back nor say two things. Both sides of the protocol:
/// what a ledger asks, and a small witness that answers.
@NullMarked
package no.spor.ledger.witness;

import org.jspecify.annotations.NullMarked;
