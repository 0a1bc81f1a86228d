/// Opaque bytes in order, and the proof of it: blocks, entries, the Merkle tree, checkpoints,
/// proofs and the verifier. Depends on nothing and has never heard of a person.
@NullMarked
package no.spor.ledger;

import org.jspecify.annotations.NullMarked;
