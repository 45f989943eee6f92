/** Sending by SMTP (RFC 5321, RFC 6409). */
@NullMarked
package io.mailtide.transport.smtp;

import org.jspecify.annotations.NullMarked;
