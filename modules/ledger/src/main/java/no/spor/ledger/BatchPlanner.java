package no.spor.ledger;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Makes of the drafts of one attempt the blocks that are to be written: leaves out what stands
/// already, asks admissions, numbers the rest. Used by the appender's thread alone.
final class BatchPlanner {
  private static final Logger LOG = System.getLogger(BatchPlanner.class.getName());

  private final LedgerState state;
  private final LedgerOptions options;
  private final UUID ledger;

  // The plan under way.
  private BlockBuilder builder;
  private final Set<RecordKey> plannedKeys = new HashSet<>();
  private final List<PlannedBlock> planned = new ArrayList<>();
  private List<AppendCall.Item> items = new ArrayList<>();
  private final LongSupplier epoch;
  private long[] sequences = new long[LedgerFormat.MAX_BLOCK_RECORDS];
  private @Nullable BlockHead previous;
  private long recordedAtMillis;
  private boolean controlPlanned;

  BatchPlanner(LedgerState state, LedgerOptions options, UUID ledger, LongSupplier epoch) {
    this.state = state;
    this.options = options;
    this.ledger = ledger;
    this.epoch = epoch;
    this.builder = new BlockBuilder(ledger, options.random());
  }

  /// Decides what needs no write, and plans the rest, up to a control record: what comes after it
  /// is planned when the followers have it, since it may be what admissions rest on. A draft whose
  /// key another draft of the attempt has stays undecided: its verdict hangs on what becomes of
  /// that one.
  ///
  /// @param batch undecided drafts; those of an atomic call together
  /// @return the blocks to write, maybe none
  List<PlannedBlock> plan(List<AppendCall.Item> batch) {
    start();
    int i = 0;
    while (i < batch.size() && !controlPlanned) {
      var item = batch.get(i);
      if (!item.call().atomic) {
        planOne(item);
        i++;
        continue;
      }
      int end = i + item.call().drafts.size();
      if (!planAll(item.call(), batch.subList(i, end))) {
        // What was called later must not overtake it.
        break;
      }
      i = end;
    }
    finishBlock();
    return List.copyOf(planned);
  }

  private void start() {
    if (builder.count() > 0) {
      builder = new BlockBuilder(ledger, options.random());
    }
    controlPlanned = false;
    plannedKeys.clear();
    planned.clear();
    items = new ArrayList<>();
    previous = state.head();
    recordedAtMillis = state.recordedAt(options.clock().millis());
    state.streams().startPlan();
  }

  private void planOne(AppendCall.Item item) {
    var key = item.prepared().draft().key();
    if (key != null && plannedKeys.contains(key)) {
      return;
    }
    var outcome = withoutWriting(item.prepared().draft());
    if (outcome != null) {
      item.call().decide(item.index(), outcome);
      return;
    }
    write(item);
  }

  /// @return false where the call has to wait for what becomes of an earlier draft
  private boolean planAll(AppendCall call, List<AppendCall.Item> all) {
    var outcomes = new @Nullable Outcome[all.size()];
    boolean writable = true;
    for (int i = 0; i < all.size(); i++) {
      var draft = all.get(i).prepared().draft();
      if (draft.key() != null && plannedKeys.contains(draft.key())) {
        return false;
      }
      outcomes[i] = withoutWriting(draft);
      writable &= outcomes[i] == null;
    }
    if (!writable) {
      for (int i = 0; i < outcomes.length; i++) {
        var outcome = outcomes[i];
        call.decide(all.get(i).index(), outcome == null ? new Outcome.NotAppended() : outcome);
      }
      return true;
    }
    check(call.precondition);
    if (!builder.hasRoom(all.size(), call.bytes)) {
      finishBlock();
    }
    all.forEach(this::write);
    return true;
  }

  private void check(@Nullable Precondition precondition) {
    boolean holds;
    try {
      holds = precondition == null || precondition.holds(state.size());
    } catch (LedgerStoreException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new PreconditionFailedException(e);
    }
    if (!holds) {
      throw new PreconditionFailedException(null);
    }
  }

  private KeyStoreMark keyStoreMark() {
    try {
      return options.keyStore().get();
    } catch (RuntimeException e) {
      throw new LedgerStoreException("the key store does not say its generation", e);
    }
  }

  /// @return what becomes of the draft if it is not written; null where it is to be written
  private @Nullable Outcome withoutWriting(Draft draft) {
    if (draft.key() != null) {
      long position = state.keys().find(draft.key());
      if (position >= 0) {
        return new Outcome.Duplicate(position);
      }
    }
    var admission = draft.admission();
    if (admission == null) {
      return null;
    }
    Refusal refusal;
    try {
      refusal = admission.refusal();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "an admission failed; its draft is refused", e);
      refusal = Refusal.ADMISSION_FAILED;
    }
    return refusal == null ? null : new Outcome.Refused(refusal);
  }

  private void write(AppendCall.Item item) {
    var prepared = item.prepared();
    var draft = prepared.draft();
    if (!builder.hasRoom(1, prepared.bytes())) {
      finishBlock();
    }
    long sequence = state.streams().plan(draft.stream());
    builder.add(prepared, sequence, recordedAtMillis);
    sequences[items.size()] = sequence;
    items.add(item);
    controlPlanned |= draft.control();
    if (draft.key() != null) {
      plannedKeys.add(draft.key());
    }
  }

  private void finishBlock() {
    if (items.isEmpty()) {
      return;
    }
    // Taken after the admissions: so the store has at least this generation, and all keys.
    var mark = keyStoreMark();
    var built =
        builder.buildWhole(
            previous, previous == null ? mark : mark.after(previous.keys()), epoch.getAsLong());
    planned.add(
        new PlannedBlock(
            built.block(),
            built.headers(),
            items,
            Arrays.copyOf(sequences, items.size()),
            recordedAtMillis));
    previous = built.block().head();
    items = new ArrayList<>();
  }
}
