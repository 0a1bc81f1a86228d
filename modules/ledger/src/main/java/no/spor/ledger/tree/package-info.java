/// The RFC 6962 tree over the ledger's entries: its hashes, tiles (C2SP `tlog-tiles`), proofs (C2SP
/// `tlog-proof`), and the publishing of its checkpoints.
@NullMarked
package no.spor.ledger.tree;

import org.jspecify.annotations.NullMarked;
