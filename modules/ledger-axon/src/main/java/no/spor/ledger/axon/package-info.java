/// The ledger as an Axon 5 event store: storage engine, token store and the tuned configuration.
@NullMarked
package no.spor.ledger.axon;

import org.jspecify.annotations.NullMarked;
