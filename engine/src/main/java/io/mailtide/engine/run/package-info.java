/** Carrying out. */
@NullMarked
package io.mailtide.engine.run;

import org.jspecify.annotations.NullMarked;
