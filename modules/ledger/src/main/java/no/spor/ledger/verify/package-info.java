/// Checks a ledger from its bytes alone. A product of its own: of the room's other code it uses
/// only the containers in which a store hands out bytes, and SHA-256 and Ed25519 of the platform.
@NullMarked
package no.spor.ledger.verify;

import org.jspecify.annotations.NullMarked;
