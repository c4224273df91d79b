/**
 * Tokens of a GitHub App's installation: they read code and nothing else, for an hour. Each is
 * stored before it is published.
 */
@NullMarked
package dev.codesource.githubapp;

import org.jspecify.annotations.NullMarked;
