@NullMarked
package dev.codesource.controller.binding;

import org.jspecify.annotations.NullMarked;
