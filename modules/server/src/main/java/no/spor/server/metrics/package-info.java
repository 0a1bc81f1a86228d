/// What is measured of the rooms, for Prometheus. `ops/METRICS.md` is the table of it all.
@NullMarked
package no.spor.server.metrics;

import org.jspecify.annotations.NullMarked;
