/** The IMAP side of a synchronisation. */
@NullMarked
package io.mailtide.replica.imap;

import org.jspecify.annotations.NullMarked;
