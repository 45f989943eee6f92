/** SASL mechanisms without input or output (RFC 4422). */
@NullMarked
package io.mailtide.wire.sasl;

import org.jspecify.annotations.NullMarked;
