package io.mailtide.engine.send;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings;
import java.util.List;

/** Makes {@link Transport}s of one type; found as a service ({@link java.util.ServiceLoader}). */
public interface TransportProvider {
  /** The type's name in the configuration: {@code smtp}. */
  String type();

  /** The configuration keys that this type understands, for checking and help. */
  List<Settings.Setting> settings();

  /**
   * What is wrong with values beyond their kinds; asks no server and for no secret.
   *
   * @param settings checked against {@link #settings()}; what was wrong then, or is missing, is not
   *     there
   */
  default List<Settings.Wrong> check(Settings settings) {
    return List.of();
  }

  /**
   * Opens a transport: connects and signs in.
   *
   * @param settings checked against {@link #settings()}, and by {@link #check}
   * @param context what the transport lives in
   */
  Transport open(Settings settings, ReplicaProvider.Context context) throws FaultException;
}
