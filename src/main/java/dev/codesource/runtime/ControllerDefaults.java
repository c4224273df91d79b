package dev.codesource.runtime;

/** What all controllers have in common. */
public final class ControllerDefaults {

  private static final long LONGEST_BINDING_TWICE = 3L << 20;

  /** The field manager of everything that the operator applies. */
  public static final String FIELD_MANAGER = "code-source-operator";

  /** How many bindings an informer lists in one request. */
  public static final long LIST_PAGE = bindingsPage(Runtime.getRuntime().maxMemory());

  /**
   * How many Secrets an informer lists in one request. A Secret may have 1 MiB, 1.4 MiB in base64,
   * and the client holds a whole answer twice while it joins its parts. Several informers list at
   * the same time, and the heap has 100 MiB.
   */
  public static final long SECRETS_PAGE = 10;

  private ControllerDefaults() {}

  /**
   * A usual binding has 3.3 kB, but whoever may create one may give it 1.5 MiB, most of it metadata
   * that is dropped only when the answer is decoded. The client holds a whole answer twice while it
   * joins its parts, so a page of <i>n</i> bindings takes up to <i>n</i> × 3 MiB. Nobody else
   * should be able to stop the operator in this way, so a page takes up to a quarter of the heap.
   *
   * <p>With the chart's 320 MiB, which give 100 MiB of heap, that would be 8 bindings: it is 20,
   * which take up to 60 MiB while nothing else is in memory yet. 10 000 bindings are 500 requests.
   * A shard with 62 500 bindings needs 3 GiB of heap, so a page has 256 of them, and there are 245
   * requests instead of 3 125.
   *
   * @param heap in bytes
   * @return 20 to 500, which is the page of the Kubernetes clients
   */
  static long bindingsPage(long heap) {
    return Math.clamp(heap / (4 * LONGEST_BINDING_TWICE), 20L, 500L);
  }
}
