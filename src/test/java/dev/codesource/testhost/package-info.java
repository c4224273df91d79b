/** Hosts to talk to, on loopback: good ones, broken ones, and the authorities that certify them. */
@NullMarked
package dev.codesource.testhost;

import org.jspecify.annotations.NullMarked;
