package no.spor.server;

import no.spor.rights.EpochRotation;
import no.spor.rights.KeyLoss;
import no.spor.rights.Retention;

/// What a node does by itself so that what is over ends and what is erased stays erased.
public record Upkeep(Retention retention, EpochRotation epochs, KeyLoss loss) {}
