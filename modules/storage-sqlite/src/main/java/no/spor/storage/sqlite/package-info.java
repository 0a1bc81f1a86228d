/// Every store of Spor on SQLite, a file per duty. The only room where SQL appears.
@NullMarked
package no.spor.storage.sqlite;

import org.jspecify.annotations.NullMarked;
