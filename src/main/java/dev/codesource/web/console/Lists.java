package dev.codesource.web.console;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads lists in parts that fit into memory, however large a tenant has made the objects. */
final class Lists {

  /** Objects of usual size in one part. */
  private static final long USUAL = 500;

  /** A part that was too long is read anew with so many times fewer objects. */
  private static final int SMALLER = 8;

  private Lists() {}

  /**
   * What was read.
   *
   * @param version of the list, from which it can be watched
   * @param isAll whether there are no more
   */
  record Read<R>(List<R> rows, String version, boolean isAll) {}

  /**
   * Reads a list, and keeps of each object only what the page shows.
   *
   * @param list asks for a part
   * @param most objects
   * @throws KubernetesClientException if the API server refuses, or does not answer
   */
  static <T extends HasMetadata, R> Read<R> rows(
      AnswerBudget.Share share,
      Function<ListOptions, ? extends KubernetesResourceList<T>> list,
      long most,
      Function<T, R> row) {
    List<R> rows = new ArrayList<>();
    Size size = new Size(Math.min(most, USUAL));
    @Nullable String next = null;
    @Nullable String version = null;
    do {
      KubernetesResourceList<T> part = part(share, list, size, most - rows.size(), next);
      part.getItems().forEach(object -> rows.add(row.apply(object)));
      share.release();
      version = version == null ? part.getMetadata().getResourceVersion() : version;
      next = part.getMetadata().getContinue();
    } while (next != null && !next.isEmpty() && rows.size() < most);
    return new Read<>(
        List.copyOf(rows), version == null ? "" : version, next == null || next.isEmpty());
  }

  /**
   * The first objects of a list, as many as one answer may have, and whole.
   *
   * @param most objects
   */
  static <T extends HasMetadata> List<T> first(
      AnswerBudget.Share share,
      Function<ListOptions, ? extends KubernetesResourceList<T>> list,
      long most) {
    return part(share, list, new Size(most), most, null).getItems();
  }

  /** How many objects a part has; it only gets smaller. */
  private static final class Size {
    private long objects;

    Size(long objects) {
      this.objects = objects;
    }
  }

  private static <T extends HasMetadata> KubernetesResourceList<T> part(
      AnswerBudget.Share share,
      Function<ListOptions, ? extends KubernetesResourceList<T>> list,
      Size size,
      long most,
      @Nullable String next) {
    while (true) {
      try {
        return list.apply(
            new ListOptionsBuilder()
                .withLimit(Math.min(size.objects, most))
                .withContinue(next)
                .build());
      } catch (KubernetesClientException e) {
        if (size.objects == 1 || !share.isTooLong()) {
          throw e;
        }
        share.release();
        size.objects = Math.max(1, size.objects / SMALLER);
      }
    }
  }
}
