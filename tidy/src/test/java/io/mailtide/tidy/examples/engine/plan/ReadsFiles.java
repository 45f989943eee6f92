package io.mailtide.tidy.examples.engine.plan;

import java.nio.file.Path;

/** A bad example: the planner is a function of its input. */
public record ReadsFiles(Path path) {}
