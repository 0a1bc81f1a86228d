/// Translates HTTP, shows pages and wires the rooms together. Decides nothing.
@NullMarked
package no.spor.server;

import org.jspecify.annotations.NullMarked;
