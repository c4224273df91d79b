/** Bitbucket Cloud and Bitbucket Data Center. */
@NullMarked
package dev.codesource.codehost.bitbucket;

import org.jspecify.annotations.NullMarked;
