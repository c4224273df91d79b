package dev.codesource.runtime;

/**
 * This process among the replicas of the operator.
 *
 * @param name of its pod, or of its machine
 */
public record Instance(String name) {}
