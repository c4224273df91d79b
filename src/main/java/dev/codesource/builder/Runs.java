package dev.codesource.builder;

import dev.codesource.build.Builder;
import dev.codesource.reason.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The builds that there are in the cluster. */
public interface Runs extends AutoCloseable {

  /** Begins to watch them, in other threads. */
  void start();

  /**
   * Whether builds of this kind can be started, and are known.
   *
   * @return done; or {@code BuilderNotEnabled} or {@code BuilderNotInstalled}; or {@code Queued},
   *     until the builds of this kind have been listed for the first time
   */
  Outcome<RunKind> usable(Builder.InCluster builder);

  /**
   * Whether builds may be started as a ServiceAccount of this name. Sends no request.
   *
   * @return its name; or {@code ServiceAccountNotAllowed}
   */
  Outcome<String> allowed(String serviceAccount);

  /**
   * Whether there is a ServiceAccount.
   *
   * @return its name; or {@code ServiceAccountNotFound}
   * @throws io.fabric8.kubernetes.client.KubernetesClientException for what passes by itself
   */
  Outcome<String> present(String namespace, String serviceAccount);

  /** The kinds of which all builds are known. */
  Set<RunKind> known();

  /**
   * Those of a trigger, as far as they are known, the oldest first. Of more than 500 the newest
   * ones.
   *
   * @param namespace of the trigger; builds are in the same
   */
  List<Run> of(String namespace, String triggerUid);

  /** How many builds of a namespace have not ended. */
  int active(String namespace);

  /**
   * Starts a build, as the ServiceAccount of the order. To start the same one again does nothing.
   *
   * @return the build; or {@code ServiceAccountNotFound}, {@code ServiceAccountNotAllowed}, {@code
   *     BuildForbidden}, {@code BuildRefused}, {@code BuildQuotaExceeded}, {@code BuildNameTaken},
   *     {@code BuildParameterInvalid}, or {@code BuilderNotInstalled}
   * @throws io.fabric8.kubernetes.client.KubernetesClientException for what passes by itself
   */
  Outcome<Run> start(Builder.InCluster builder, BuildOrder order);

  /**
   * Cancels a build, as a ServiceAccount. One that has ended, or is gone, is left as it is.
   *
   * @return done; or a reason as of {@link #start}
   */
  Outcome<Run> cancel(Run run, String serviceAccount);

  /**
   * Deletes a build, as a ServiceAccount.
   *
   * @return done, also if it is gone; or a reason as of {@link #start}
   */
  Outcome<Run> delete(Run run, String serviceAccount);

  /**
   * The digest of the image of a build that succeeded, where the status of its object does not have
   * it: from its pod, read as a ServiceAccount.
   *
   * @return the digest; an empty text: there is none, or it may not be read; empty: there was no
   *     answer, and it may be asked for again
   */
  Optional<String> digest(Run run, String serviceAccount);

  /** Calls a listener for each build that is new, makes progress, or is deleted. */
  void onChange(Listener listener);

  /**
   * Calls a listener for a kind when {@link #usable} may have another answer: its builds have been
   * listed for the first time, or it has turned out that they cannot be.
   */
  void onListed(Consumer<RunKind> listener);

  /** Who is told of changes of builds. */
  @FunctionalInterface
  interface Listener {

    /**
     * A build has changed. Must not block.
     *
     * @param trigger the name of the trigger that it belongs to
     * @param hasEnded whether it uses a place no longer
     */
    void changed(String namespace, String trigger, boolean hasEnded);
  }

  @Override
  void close();
}
