/** How a server is reached and signed in to: what all protocols share. */
@NullMarked
package io.mailtide.account;

import org.jspecify.annotations.NullMarked;
