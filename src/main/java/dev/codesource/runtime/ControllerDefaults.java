package dev.codesource.runtime;

/** What all controllers have in common. */
public final class ControllerDefaults {

  /** The field manager of everything that the operator applies. */
  public static final String FIELD_MANAGER = "code-source-operator";

  /**
   * How many bindings an informer lists in one request. A binding may have 1.5 MiB, most of it in
   * its metadata, and the client holds a whole answer twice while it joins its parts.
   */
  public static final long LIST_PAGE = 20;

  /**
   * How many Secrets an informer lists in one request. A Secret may have 1 MiB, 1.4 MiB in base64,
   * and the client holds a whole answer twice while it joins its parts. Several informers list at
   * the same time, and the heap has 100 MiB.
   */
  public static final long SECRETS_PAGE = 10;

  private ControllerDefaults() {}
}
