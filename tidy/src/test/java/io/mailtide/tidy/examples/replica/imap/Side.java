package io.mailtide.tidy.examples.replica.imap;

/** For the examples. */
public record Side(String name) {}
