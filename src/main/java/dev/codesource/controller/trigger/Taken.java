package dev.codesource.controller.trigger;

import dev.codesource.build.DueCommit;
import dev.codesource.reason.Problem;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What became of commits that were offered to a builder.
 *
 * @param told those that it has now, and since when
 * @param dropped those that it is not told any more
 * @param problem why it has not all of them
 * @param next when the others are offered again; empty: when something changes
 */
record Taken(
    Map<DueCommit, Instant> told,
    Set<DueCommit> dropped,
    Optional<Problem> problem,
    Optional<Instant> next) {}
