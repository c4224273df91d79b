package dev.codesource.cli;

/** Objects as the API server has them. */
final class Answers {

  private Answers() {}

  /** A binding whose access is proven. */
  static String bound(String name) {
    return binding(
        name, "Bound", "Bound", "The access of alice to https://git.example.com is proven.");
  }

  /** A binding in the namespace {@code team-a}, of generation 3. */
  static String binding(String name, String phase, String reason, String message) {
    String truth = phase.equals("Bound") ? "True" : "False";
    return """
    {"apiVersion":"codesource.dev/v1alpha1","kind":"CodeSourceBinding",
     "metadata":{"name":"%1$s","namespace":"team-a","uid":"u-%1$s","generation":3,"creationTimestamp":"2026-01-01T00:00:00Z"},
     "spec":{"platform":"GitLab","url":"https://git.example.com","username":"alice","tokenSecretRef":{"name":"gitlab-token"},
             "publish":["Flux"],"registryInstance":{"type":"Enterprise","region":"eu-central-1","name":"images"}},
     "status":{"phase":"%2$s","observedGeneration":3,"url":"https://git.example.com","account":{"username":"alice","id":"42"},
               "scopes":["api","read_user"],"expiresAt":"2099-12-31T00:00:00Z","expiresOn":"2099-12-31","lastVerifiedAt":"2026-06-01T00:00:00Z",
               "conditions":[
                 {"type":"Ready","status":"%5$s","reason":"%3$s","message":"%4$s"},
                 {"type":"AddressValid","status":"True","reason":"Succeeded","message":"The operator may connect to the address."},
                 {"type":"Authenticated","status":"%5$s","reason":"%3$s","message":"%4$s"},
                 {"type":"Published","status":"Unknown","reason":"NotChecked","message":"This was not checked."}]}}
    """
        .formatted(name, phase, reason, message, truth);
  }

  /** A binding that the operator has not looked at. */
  static String unseen(String name) {
    return """
    {"apiVersion":"codesource.dev/v1alpha1","kind":"CodeSourceBinding",
     "metadata":{"name":"%1$s","namespace":"team-a","uid":"u-%1$s","generation":1,"creationTimestamp":"2026-01-01T00:00:00Z"},
     "spec":{"platform":"GitHub","username":"bob","oauth":{}},"status":{"phase":"Pending","observedGeneration":-1}}
    """
        .formatted(name);
  }

  /** A binding that somebody has to authorize by a code. */
  static String awaitingCode(String name) {
    return binding(name, "AwaitingAuthorization", "AwaitingAuthorization", "It waits for a person.")
        .replaceFirst("\"tokenSecretRef\":\\{[^}]*}", "\"oauth\":{\"flow\":\"Device\"}")
        .replaceFirst(
            "\"status\":\\{",
            "\"status\":{\"authorization\":{\"url\":\"https://git.example.com/device\",\"userCode\":\"ABCD-1234\"},");
  }

  /** A trigger of the binding {@code gitlab}. */
  static String trigger(String name) {
    return """
    {"apiVersion":"codesource.dev/v1alpha1","kind":"CodeSourceTrigger",
     "metadata":{"name":"%1$s","namespace":"team-a","uid":"u-%1$s","generation":1,"creationTimestamp":"2026-01-01T00:00:00Z"},
     "spec":{"bindingRef":{"name":"gitlab"},"repository":"group/%1$s","image":"registry.example.com/team-a/%1$s",
             "rules":[{"name":"main","branch":"main"},{"name":"release","tag":"v(?<version>[0-9.]+)","imageTags":["${version}"]}]},
     "status":{"phase":"Active","observedGeneration":1,"mode":"Poll",
               "conditions":[{"type":"Ready","status":"True","reason":"Watching","message":"Pushes are noticed."}]}}
    """
        .formatted(name);
  }

  /** A trigger that does not notice pushes. */
  static String trigger(String name, String phase, String reason, String message) {
    return trigger(name)
        .replace("\"phase\":\"Active\"", "\"phase\":\"" + phase + "\"")
        .replace(
            "\"status\":\"True\",\"reason\":\"Watching\",\"message\":\"Pushes are noticed.\"",
            "\"status\":\"False\",\"reason\":\"%s\",\"message\":\"%s\"".formatted(reason, message));
  }

  static String list(String... objects) {
    return "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[%s]}"
        .formatted(String.join(",", objects));
  }
}
