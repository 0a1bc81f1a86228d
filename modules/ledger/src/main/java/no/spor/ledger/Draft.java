package no.spor.ledger;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A record that asks for its place in the ledger. The arrays are handed over: nobody changes them
/// afterwards.
///
/// @param stream the stream's opaque label, 1 to 255 bytes of UTF-8; a tenant is a stream
/// @param body the header's body, opaque; what makes the header exceed 32 KiB is refused
/// @param parts the sealed parts, in order, at most 255
/// @param key identity of the record for *once, for good*, or null where it may stand several times
/// @param tags what the record can be found by, usually none; see [LedgerStore#taggedBlocks]
/// @param control whether it is a control record, which flags its block
/// @param admission asked again at each attempt to write, after all earlier blocks were followed;
///   null always admits
public record Draft(
    String stream,
    byte[] body,
    List<DraftPart> parts,
    @Nullable RecordKey key,
    List<Tag> tags,
    boolean control,
    @Nullable Admission admission) {}
