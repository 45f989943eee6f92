/** Bad examples for the arrows, and what they need. */
@NullMarked
package io.mailtide.tidy.examples.wire.sasl;

import org.jspecify.annotations.NullMarked;
