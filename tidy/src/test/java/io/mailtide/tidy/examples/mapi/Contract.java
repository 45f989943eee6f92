package io.mailtide.tidy.examples.mapi;

/** For the examples. */
public record Contract(String name) {}
