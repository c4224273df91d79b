/**
 * Tokens of a GitHub App's installation: they can only read code, for an hour. Each is stored
 * before it is published.
 */
@NullMarked
package dev.codesource.githubapp;

import org.jspecify.annotations.NullMarked;
