/// What every store must promise, published as abstract test suites.
@NullMarked
package no.spor.conformance;

import org.jspecify.annotations.NullMarked;
