/**
 * The code host as a peer on the network: one guarded way to send a request (addresses checked
 * after resolution and pinned, certificates always verified, redirects not followed, size and time
 * capped), and the gate that all bindings of a host share.
 */
@NullMarked
package dev.codesource.http;

import org.jspecify.annotations.NullMarked;
