/** The engine's memory: one SQLite file a store. */
@NullMarked
package io.mailtide.engine.state;

import org.jspecify.annotations.NullMarked;
