package no.spor.tenancy;

import java.util.Map;
import no.spor.activity.EventType;
import no.spor.activity.RetentionPeriod;
import org.jspecify.annotations.Nullable;

/// What a catalogue document says, read and checked. Immutable.
///
/// @param types own types and redefined shipped ones, by name, in the document's order
/// @param retention periods it states, by class, in the document's order
/// @param unknownTypesPrivate `unknownTypes: private`
/// @param inactiveAccounts `inactiveAccounts`; null where it is not said
public record CatalogueDocument(
    Map<String, EventType> types,
    Map<String, RetentionPeriod> retention,
    boolean unknownTypesPrivate,
    RetentionPeriod.@Nullable For inactiveAccounts) {}
