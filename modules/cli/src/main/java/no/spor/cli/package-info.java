/// The `spor` command.
@NullMarked
package no.spor.cli;

import org.jspecify.annotations.NullMarked;
