/// Who a ledger is to others: its origin, the key that signs its checkpoints, those before it, and
/// the signed statements that lead from one to the next.
@NullMarked
package no.spor.ledger.identity;

import org.jspecify.annotations.NullMarked;
