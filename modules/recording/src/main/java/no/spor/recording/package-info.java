/// Takes an event in: validates, classifies, seals, appends, acknowledges.
@NullMarked
package no.spor.recording;

import org.jspecify.annotations.NullMarked;
