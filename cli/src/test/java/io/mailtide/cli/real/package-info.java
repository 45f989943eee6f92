/** The program as a user runs it: a process of its own, against a real server, with real mail. */
@NullMarked
package io.mailtide.cli.real;

import org.jspecify.annotations.NullMarked;
