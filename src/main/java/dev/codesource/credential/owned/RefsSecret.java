package dev.codesource.credential.owned;

import dev.codesource.api.ApiGroup;
import java.util.Set;

/**
 * The Secret in which the branches and tags are kept that a trigger has seen. It is longer than
 * others, so no informer may have it: it is read when it is needed.
 */
public final class RefsSecret {

  public static final String TYPE = ApiGroup.NAME + "/refs";

  public static final String REPOSITORY = "refs.repository";
  public static final String ID = "refs.id";
  public static final String RULES = "refs.rules";
  public static final String BRANCHES = "refs.branches";
  public static final String TAGS = "refs.tags";
  public static final String LAST = "refs.last";

  public static final String CLONE_URL = "refs.clone_url";
  public static final String PENDING = "refs.pending";
  public static final String DELIVERED = "refs.delivered";
  public static final String REQUESTED = "refs.requested";

  public static final Set<String> KEYS =
      Set.of(REPOSITORY, ID, RULES, BRANCHES, TAGS, LAST, CLONE_URL, PENDING, DELIVERED, REQUESTED);

  private RefsSecret() {}
}
