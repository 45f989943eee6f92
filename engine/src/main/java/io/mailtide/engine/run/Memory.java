package io.mailtide.engine.run;

import io.mailtide.engine.state.Completions;
import io.mailtide.engine.state.Contents;
import io.mailtide.engine.state.Database;
import io.mailtide.engine.state.FarContents;
import io.mailtide.engine.state.Journal;
import io.mailtide.engine.state.Ledger;
import io.mailtide.engine.state.LeftOut;
import io.mailtide.engine.state.Moves;
import io.mailtide.engine.state.Observations;
import io.mailtide.engine.state.Removals;
import io.mailtide.engine.state.State;
import io.mailtide.engine.state.Twins;
import io.mailtide.engine.state.Uploads;

/** A store's state, from its several sides. */
record Memory(
    State state,
    Observations observations,
    Removals removals,
    FarContents farContents,
    Contents contents,
    Twins twins,
    Moves moves,
    Journal journal,
    Uploads uploads,
    Ledger ledger,
    LeftOut leftOut,
    Completions completions) {
  static Memory of(Database database) {
    return new Memory(
        new State(database),
        new Observations(database),
        new Removals(database),
        new FarContents(database),
        new Contents(database),
        new Twins(database),
        new Moves(database),
        new Journal(database),
        new Uploads(database),
        new Ledger(database),
        new LeftOut(database),
        new Completions(database));
  }
}
