package dev.codesource.runtime;

/** What all controllers have in common. */
public final class ControllerDefaults {

  /** The field manager of everything that the operator applies. */
  public static final String FIELD_MANAGER = "code-source-operator";

  /**
   * How many objects an informer lists in one request, as client-go does. The list of all objects
   * may be larger than the memory.
   */
  public static final long LIST_PAGE = 500;

  private ControllerDefaults() {}
}
