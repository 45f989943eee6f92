/**
 * The engine's vocabulary and ports, and {@link io.mailtide.engine.Synchronizer}, which brings two
 * {@linkplain io.mailtide.engine.Replica replicas} in step.
 */
@NullMarked
package io.mailtide.engine;

import org.jspecify.annotations.NullMarked;
