/**
 * Addresses of code hosts: what a user may write, and what the operator may connect to. Pure
 * functions: no requests, no name look-ups.
 */
@NullMarked
package dev.codesource.address;

import org.jspecify.annotations.NullMarked;
