package no.spor.activity;

import java.util.Map;

/// A tenant's event catalogue at one version: the shipped types, its own types, and its retention classes. Immutable.
///
/// @param version grows with each change
/// @param types by name
/// @param classes retention classes by name
/// @param unknownTypesPrivate whether a type that is not here is taken in, private as a whole (`unknownTypes: private`), or refused
public record Catalogue(
    int version, Map<String, EventType> types, Map<String, RetentionClass> classes, boolean unknownTypesPrivate) {}
