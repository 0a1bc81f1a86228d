package no.spor.activity;

import java.util.List;
import java.util.Map;

/// What the catalogue says of one type of event. Pointers are RFC 6901, into `data`, and do not
/// cross arrays.
///
/// @param retention name of the retention class
/// @param people personal role → pointer to the member that identifies who it is, in the order
///   actor, subject, visitor
/// @param members pointer → role whose the member is, where that is not the person the rest belongs
///   to
/// @param company pointers to members that outlive the person
/// @param facets pointers to non-personal scalars that stand in clear
/// @param rest whose everything is that is not named: the first of `people` unless the type says
///   otherwise
public record EventType(
    String name,
    String retention,
    Map<Role, String> people,
    Map<String, Role> members,
    List<String> company,
    List<String> facets,
    Role rest) {}
