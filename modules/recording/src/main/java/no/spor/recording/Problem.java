package no.spor.recording;

/// Why an event, or a request, was not recorded.
///
/// @param slug stable name, the last part of the problem's `type`
/// @param status HTTP status where the problem is the whole request's or a single event's
/// @param detail a sentence a person can act on; nothing of the event's values
public record Problem(String slug, int status, String detail) {}
