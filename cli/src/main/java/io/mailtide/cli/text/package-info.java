/** How numbers, foreign text and colours are written for people. */
@NullMarked
package io.mailtide.cli.text;

import org.jspecify.annotations.NullMarked;
