package io.mailtide.tidy.examples.wire.sasl;

/** For the examples. */
public record Mechanism(String name) {}
