package dev.codesource.web.console;

/**
 * The paths of the pages, below this site. They are made of names of Kubernetes, none of which
 * needs to be encoded. No object can have the name of an action.
 */
final class Paths {

  /** Of a namespace: a DNS label (RFC 1123). */
  static final String NAMESPACE_NAME = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

  /** Of an object: a DNS subdomain (RFC 1123). */
  static final String OBJECT_NAME = "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?";

  /** As {@code jakarta.ws.rs.Path} takes them; {@link Call} has the names. */
  static final String NAMESPACE = "/ns/{namespace: " + NAMESPACE_NAME + "}";

  private static final String OBJECT = "{name: " + OBJECT_NAME + "}";
  static final String BINDING = NAMESPACE + "/bindings/" + OBJECT;
  static final String TRIGGER = NAMESPACE + "/triggers/" + OBJECT;

  private Paths() {}

  static String namespace(String name) {
    return "/ns/" + name;
  }

  /** What a reason means. */
  static String help(String reason) {
    return "/help/" + reason;
  }

  static String bind(String namespace) {
    return namespace(namespace) + "/bind";
  }

  /** Where changes of a namespace are told. */
  static String changes(String namespace) {
    return namespace(namespace) + "/changes";
  }

  static String binding(String namespace, String name) {
    return namespace(namespace) + "/bindings/" + name;
  }

  static String newTrigger(String namespace, String binding) {
    return binding(namespace, binding) + "/trigger";
  }

  static String repositories(String namespace, String binding) {
    return binding(namespace, binding) + "/repositories";
  }

  static String triggers(String namespace) {
    return namespace(namespace) + "/triggers";
  }

  static String trigger(String namespace, String name) {
    return triggers(namespace) + "/" + name;
  }
}
