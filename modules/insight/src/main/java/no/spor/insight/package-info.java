/// Turns the ledger into answers: timelines, statistics, alerts. Holds no personal plaintext and
/// can be rebuilt.
@NullMarked
package no.spor.insight;

import org.jspecify.annotations.NullMarked;
