/** Gitee. */
@NullMarked
package dev.codesource.codehost.gitee;

import org.jspecify.annotations.NullMarked;
