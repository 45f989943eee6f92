/** The Maildir side of a synchronisation. */
@NullMarked
package io.mailtide.replica.maildir;

import org.jspecify.annotations.NullMarked;
