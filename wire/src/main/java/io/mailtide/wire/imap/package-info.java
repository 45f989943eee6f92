/** IMAP4rev1 and IMAP4rev2 without input or output (RFC 3501, RFC 9051). */
@NullMarked
package io.mailtide.wire.imap;

import org.jspecify.annotations.NullMarked;
