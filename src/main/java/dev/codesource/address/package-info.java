/**
 * Addresses of code hosts: what a user may write, and what the operator may connect to. Pure: no
 * request and no name look-up happens here.
 */
@NullMarked
package dev.codesource.address;

import org.jspecify.annotations.NullMarked;
