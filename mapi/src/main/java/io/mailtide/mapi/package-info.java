/** The IMAPISync contract, names as documented. */
@NullMarked
package io.mailtide.mapi;

import org.jspecify.annotations.NullMarked;
