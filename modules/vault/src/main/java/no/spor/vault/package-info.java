/// Keys: makes, finds, uses and destroys them; seals what is personal and opens it again. The only
/// room where cryptography of secrets appears.
@NullMarked
package no.spor.vault;

import org.jspecify.annotations.NullMarked;
