/** Bad examples for the arrows, and what they need. */
@NullMarked
package io.mailtide.tidy.examples.engine;

import org.jspecify.annotations.NullMarked;
