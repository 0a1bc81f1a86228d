/// Every store of Spor on MongoDB, a database per duty. The only room where BSON appears.
@NullMarked
package no.spor.storage.mongodb;

import org.jspecify.annotations.NullMarked;
