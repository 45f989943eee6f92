/** The mail server that mailtide demo starts on this machine. */
@NullMarked
package io.mailtide.demo;

import org.jspecify.annotations.NullMarked;
