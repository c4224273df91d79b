/**
 * Tokens of the installations of GitHub Apps: credentials that can read code and nothing else, for
 * an hour. An app, which has no other that git takes, has them made and handed to consumers; each
 * is stored before it is published.
 */
@NullMarked
package dev.codesource.githubapp;

import org.jspecify.annotations.NullMarked;
