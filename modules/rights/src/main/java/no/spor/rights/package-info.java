/// Decides what happens to a person's data: erasure, retention, holds. Holds no personal plaintext.
@NullMarked
package no.spor.rights;

import org.jspecify.annotations.NullMarked;
