/** SMTP without input or output (RFC 5321). */
@NullMarked
package io.mailtide.wire.smtp;

import org.jspecify.annotations.NullMarked;
