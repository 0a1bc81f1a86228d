/// Who did what to whom: events, event types, people, tenants, retention classes, the codec of a
/// header's body and the query of a timeline. Depends on nothing.
@NullMarked
package no.spor.activity;

import org.jspecify.annotations.NullMarked;
