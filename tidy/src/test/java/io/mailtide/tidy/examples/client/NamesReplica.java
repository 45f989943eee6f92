package io.mailtide.tidy.examples.client;

import io.mailtide.tidy.examples.replica.imap.Side;

/** A bad example: replicas are found as services, never named. */
public record NamesReplica(Side side) {}
