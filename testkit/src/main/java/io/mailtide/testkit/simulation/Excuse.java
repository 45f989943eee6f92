package io.mailtide.testkit.simulation;

/** Why more than one end may be right. */
enum Excuse {
  /**
   * While what users did was not told across, the state was lost or the server numbered its
   * messages anew: what is missing may come back, what was moved may be in both places.
   */
  FORGOTTEN,
  /**
   * A user did something while a run was at work: what the run looked at before and after that may
   * not fit together.
   */
  RACED,
  /**
   * Since users moved it, a run did not come to its end or not look into every folder: what it saw
   * of the move is half of it, so that it is removed here and new there.
   */
  HALF_SEEN,
  /**
   * That, and the server tells no keys: where a run put its copy there is not known, once it is not
   * where it was here.
   */
  UNTOLD,
  /**
   * That, and the server loses flags that are given at upload: a run was stopped before it could
   * set them on its copy there.
   */
  UNFLAGGED,
  /**
   * Since users changed flags, a run did not come to its end: it may have told a change across and
   * not know of it. Taken back by its user, the change then looks like the other user's own.
   */
  HALF_TOLD,
  /**
   * Its user put it into a folder that the server's listings leave out, so that for a run it is
   * removed, and comes anew once the folder is told of; or took it from where the server's scans
   * leave it out, so that it is new elsewhere, and removed once they tell of that.
   */
  HIDDEN,
  /**
   * The state was lost, a run cut short, or it was moved, the server states wrong sizes or tells no
   * keys, and a run could not look at its copy: it was not handed over, or has no Message-ID, and a
   * run that only sends looks at no more.
   */
  UNTELLABLE
}
