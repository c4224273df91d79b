package dev.codesource.publish;

import dev.codesource.api.BindingSpec.Publication;
import java.util.List;

/** A kind of tool that reads credentials for code from Secrets in its own format. */
interface Consumer {

  /** The entry of {@code spec.publish} that asks for its Secrets. */
  Publication publication();

  /**
   * The Secrets that it reads.
   *
   * @param name of the first; others have a suffix to it
   */
  List<DesiredSecret> secrets(String name, SecretContent what);
}
