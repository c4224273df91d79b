package dev.codesource.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** An object that is to be made. */
final class NewObject {

  private NewObject() {}

  /**
   * Has the API server check an object, with rights, admission and quotas, and make nothing. The
   * answer is refused as making it would be.
   */
  static void tryOut(Kubectl kubectl, ObjectNode object) {
    kubectl.text(
        List.of("create", "--dry-run=server", "-f", "-", "-o", "name"), Change.bytes(object));
  }

  /** The object as text, for a repository; nobody is asked. */
  static String text(Kubectl kubectl, ObjectNode object, Output form) {
    if (form != Output.yaml && form != Output.json) {
      throw Failure.usage("It is printed as yaml or json.");
    }
    return kubectl.text(
        List.of("create", "--dry-run=client", "--validate=false", "-f", "-", "-o", form.name()),
        Change.bytes(object));
  }
}
