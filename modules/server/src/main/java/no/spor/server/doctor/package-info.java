/// Looks at a data directory and says what to do.
@NullMarked
package no.spor.server.doctor;

import org.jspecify.annotations.NullMarked;
