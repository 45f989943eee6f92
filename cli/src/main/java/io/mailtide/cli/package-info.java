/** The mailtide program, one class a verb. */
@NullMarked
package io.mailtide.cli;

import org.jspecify.annotations.NullMarked;
