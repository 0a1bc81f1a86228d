/// Judges a ledger's history: headers' bodies, and whether what is missing is accounted for. Shares
/// no code with what writes either.
@NullMarked
package no.spor.rights.verify;

import org.jspecify.annotations.NullMarked;
