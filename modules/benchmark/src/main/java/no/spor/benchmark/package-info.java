/// Measures, against peers, in one run. Nothing of it is shipped.
@NullMarked
package no.spor.benchmark;

import org.jspecify.annotations.NullMarked;
