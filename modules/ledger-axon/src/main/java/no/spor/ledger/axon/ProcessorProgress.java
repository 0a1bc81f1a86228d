package no.spor.ledger.axon;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Port: how far each processor has come, kept beside the views it fills. Every implementation
/// passes the suite `ProcessorProgressSuite` of the module `conformance`.
///
/// A processor's work is divided into segments (usually one). A segment belongs to the node that
/// has claimed it, for as long as the claim is extended; only the owner's [#store] counts. All
/// times are given by the caller, so an implementation has no clock.
///
/// Thread-safe. Within a transaction of [ViewTransactions] every call takes part in it: what the
/// processor wrote and how far it has come are then durable together or not at all. Outside of one
/// each call is a transaction of its own.
///
/// Trust: whoever can write here can make a view skip or repeat events; views can be rebuilt, the
/// ledger is out of reach.
public interface ProcessorProgress {

  /// A segment and its state.
  ///
  /// @param mask which hashes belong to it; 0 where there is one segment
  /// @param position number of the ledger's records that are done with: the position of the next
  ///   one
  /// @param owner the node that has claimed it, or null
  /// @param claimedUntilMillis when the claim lapses, milliseconds since 1970-01-01T00:00:00Z; 0
  ///   without an owner
  record Segment(int id, int mask, long position, @Nullable String owner, long claimedUntilMillis) {
    /// @return whether this node may claim it
    public boolean availableTo(String node, long nowMillis) {
      return owner == null || owner.equals(node) || claimedUntilMillis <= nowMillis;
    }
  }

  /// A node's wish to own a segment.
  ///
  /// @param owner id of the node, unique among running nodes, 1 to 128 characters
  /// @param nowMillis the node's clock; claims that lapsed until then are free
  /// @param untilMillis when the claim lapses unless it is extended
  record Claim(String owner, long nowMillis, long untilMillis) {}

  /// @return the processor's segments by id; empty for a processor that is not known
  List<Segment> segments(String processor);

  /// Adds a segment without an owner.
  ///
  /// @return false where it is there already; nothing is changed then
  boolean create(String processor, int segment, int mask, long position);

  /// Claims a segment that is free, lapsed or already one's own.
  ///
  /// @return its position; empty where it is another node's or not there
  OptionalLong claim(String processor, int segment, Claim claim);

  /// Moves the position (backwards too) and extends the claim, if the segment is one's own; a claim
  /// that lapsed and that nobody took is still one's own.
  ///
  /// @return false where it is not one's own; nothing is changed then
  boolean store(String processor, int segment, Claim claim, long position);

  /// @return false where the segment is no longer one's own; nothing is changed then
  boolean extend(String processor, int segment, Claim claim);

  /// Gives a claim up; does nothing where it is not one's own.
  void release(String processor, int segment, String owner);

  /// Removes a segment that is one's own, free or lapsed.
  ///
  /// @return false where it is another node's or not there
  boolean delete(String processor, int segment, Claim claim);

  /// @return identity of this store, the same for every node that shares it
  String id();
}
