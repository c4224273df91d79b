package dev.codesource.build;

import java.time.Instant;
import java.util.Optional;

/**
 * A commit that a rule builds.
 *
 * @param rule the name of the rule
 * @param sha the commit
 * @param before the commit of the branch that was seen before; empty: the branch is new, or it is a
 *     tag
 * @param foundAt when it was found
 */
public record DueCommit(
    String rule, GitRef ref, String sha, Optional<String> before, Instant foundAt) {}
