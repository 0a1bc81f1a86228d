package no.spor.ledger.verify;

import java.util.Locale;

/// What can be wrong with a ledger, each kind named for what was found.
public enum FindingKind {
  /// A stored block cannot be read at all.
  UNREADABLE,
  /// A block that must be there is not, or stands in another's place.
  BLOCK_MISSING,
  /// A block is of another ledger.
  LEDGER_ID,
  /// A block does not begin where the one before it ended.
  POSITION,
  /// A block's count, or how many headers, entries or salts it has, is not what it must be.
  COUNT,
  /// A block does not name the one before it.
  PREVIOUS_BLOCK,
  /// What a block says of itself was changed: neither its hash nor any of its records fits.
  HEAD,
  /// A block's hash is not that of its head and entries.
  BLOCK_HASH,
  /// An entry is not that of the header beside it, nor that of its block's hash.
  ENTRY,
  /// A header, a part or a part's digest was changed: the record does not match its entry.
  RECORD,
  /// A block's salts are not in form.
  SALTS,
  /// No record of a block fits, though its hash does: its secret or salts were changed, or what it
  /// says of itself along with its hash.
  FRAME,
  /// A stored header is not in form.
  HEADER,
  /// A part group is not in form, or a part is there twice or not at all.
  PART_GROUP,
  /// The key store's mark went back or vanished.
  KEY_STORE_MARK,
  /// A stream leaves out a sequence: one of its records was withheld.
  SEQUENCE_GAP,
  /// Two records of one stream have the same sequence.
  SEQUENCE_TWICE,
  /// A record was recorded before the one before it.
  RECORDED_AT,
  /// A header's body is not in form.
  BODY,
  /// A record stands in another tenant's stream.
  TENANT,
  /// A record's parts are not those of the roles its body names.
  ROLES,
  /// A part lies under another drop label than its body demands.
  LABEL,
  /// A block's flag does not say whether it holds control records.
  CONTROL_FLAG,
  /// A block's tags are not those of its records.
  TAGS,
  /// A control record lacks the tags that its type demands, or they say what cannot be.
  CONTROL_RECORD,
  /// A part is missing and neither an expiry nor an erasure that is recorded accounts for it.
  PART_MISSING,
  /// A part was discarded on arrival although its period was not over.
  DISCARDED_TOO_EARLY,
  /// A header is missing and no tenant's leaving accounts for it.
  HEADER_MISSING,
  /// A key stands, or could be made, that the ledger says is destroyed.
  KEY_STANDS,
  /// A fence stands by no record, or is missing.
  FENCE,
  /// The key store has followed what this ledger does not have.
  KEYS_AHEAD,
  /// The time that is held for proven is to come.
  CLOCK,
  /// The store finds a block under what it does not hold, or not under what it holds.
  INDEX,
  /// A stored tile is not that of the tree.
  TILE,
  /// A bundle of entries is not in form, or not that of the tree.
  BUNDLE,
  /// No checkpoint is kept of a ledger whose key is: what was published was taken away.
  CHECKPOINT_MISSING,
  /// A checkpoint is not in form.
  CHECKPOINT_FORM,
  /// No known key signed a checkpoint, or a known key's signature on it does not verify.
  CHECKPOINT_SIGNATURE,
  /// A checkpoint covers more records than there are: the ledger was cut.
  CHECKPOINT_AHEAD,
  /// A checkpoint's root is not that of the entries it covers: history before it was changed.
  CHECKPOINT_ROOT,
  /// A statement of the ledger's key is not in form, not signed, or does not follow the one before.
  KEY_STATEMENT,
  /// A proof is not in form or proves nothing.
  PROOF,
  /// A header does not open the entry at its position.
  OPENING;

  /// @return the name that reports show, for instance `sequence-gap`
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
