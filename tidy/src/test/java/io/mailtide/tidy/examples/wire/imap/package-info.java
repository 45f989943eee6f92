/** Bad examples for the arrows, and what they need. */
@NullMarked
package io.mailtide.tidy.examples.wire.imap;

import org.jspecify.annotations.NullMarked;
