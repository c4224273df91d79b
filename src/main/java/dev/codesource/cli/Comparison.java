package dev.codesource.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.cli.doctor.Check;
import dev.codesource.cli.doctor.Finding;
import dev.codesource.cli.doctor.Finding.Level;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Stage;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the operator finds beside what is found from this machine.
 *
 * @param binding whose status is of now
 * @param site that both asked
 * @param operator the namespace of the operator; empty: not known
 */
record Comparison(JsonNode binding, String site, Optional<String> operator) {

  /** In the messages about certificates. */
  private static final Pattern ISSUER = Pattern.compile("issuer (.+?), valid from");

  /**
   * Compares the answer of the host.
   *
   * @param here why it does not answer this machine; empty: it does
   */
  Optional<Finding> with(Optional<Problem> here) {
    JsonNode reachable = Json.condition(binding, ConditionType.Reachable);
    return switch (Json.text(reachable, "status")) {
      case "True" -> here.map(this::onlyThere);
      case "False" ->
          Conditions.reason(Json.text(reachable, "reason"))
              .filter(reason -> reason.stage() == Stage.HOST)
              // They say nothing of the way to the host.
              .filter(reason -> reason != Reason.Queued && reason != Reason.RateLimited)
              .map(
                  there ->
                      here.map(each -> both(there, Json.text(reachable, "message"), each))
                          .orElseGet(() -> onlyHere(there)));
      default -> Optional.empty();
    };
  }

  /** The host accepts the token from here. */
  Optional<Finding> withProvenToken() {
    JsonNode ready = Json.condition(binding, ConditionType.Ready);
    return Optional.of(Json.text(ready, "reason"))
        .filter(_ -> Json.text(ready, "status").equals("False"))
        .flatMap(Conditions::reason)
        .filter(reason -> reason.stage() == Stage.ACCESS || reason.stage() == Stage.SCOPES)
        .map(
            reason ->
                Finding.bad(
                    Check.Compared.name(),
                    Level.ERROR,
                    reason.name(),
                    "The host accepts the token from here, and not from the operator.",
                    "Check whether the host admits tokens from some addresses only, and whether a proxy between the operator and the host changes requests."));
  }

  private Finding onlyThere(Problem here) {
    return Finding.unknown(
        Check.Compared,
        "The operator reaches the host, and this machine does not (%s). That is harmless: this machine may need a VPN, a proxy or a CA that the operator has."
            .formatted(here.reason()));
  }

  private Finding onlyHere(Reason there) {
    return Finding.bad(
            Check.Compared.name(),
            Level.ERROR,
            there.name(),
            "%s answers this machine, and not the operator. So the host works, and what differs is on the operator's side."
                .formatted(site),
            remedy(there))
        .with(command(there));
  }

  private static String remedy(Reason there) {
    return switch (there) {
      case HostNotFound ->
          "The DNS of the cluster does not know the name: check its forwarders, or set dnsConfig or hostAliases in the chart's values.";
      case ConnectionRefused, ConnectionTimedOut, ConnectionFailed ->
          "Check for a NetworkPolicy or a firewall between the operator and the host, and whether the operator needs a proxy (proxy in the chart's values).";
      case ProxyRefused ->
          "The proxy of the operator refuses: check proxy in the chart's values, or add the host to proxy.noProxy.";
      case SelfSignedCertificate,
          UntrustedCertificate,
          CertificateExpired,
          CertificateHostMismatch,
          CertificateNotAccepted,
          CaNotFound ->
          "The operator sees another certificate, or trusts other authorities: check for a proxy that intercepts TLS, and set trustBundle in the chart's values or ca.crt in the Secret.";
      default ->
          "Something answers the operator in place of the host: check its proxy, and what DNS says in the cluster.";
    };
  }

  private String command(Reason there) {
    String namespace = operator.map(each -> " -n " + each).orElse(" --all-namespaces");
    return switch (there) {
      case HostNotFound -> "kubectl get configmap coredns -n kube-system -o yaml";
      case ConnectionRefused, ConnectionTimedOut, ConnectionFailed ->
          "kubectl get networkpolicies" + namespace;
      default ->
          "kubectl get deployments --selector=%s%s -o yaml".formatted(Diary.OPERATORS, namespace);
    };
  }

  private static Finding both(Reason there, String message, Problem here) {
    Optional<String> issuerThere = issuer(message);
    Optional<String> issuerHere = issuer(here.what());
    if (issuerThere.isPresent() && issuerHere.isPresent() && !issuerThere.equals(issuerHere)) {
      return Finding.bad(
          Check.Compared.name(),
          Level.ERROR,
          there.name(),
          "The certificate is of another issuer there (%s) than here (%s): a proxy intercepts one of the two."
              .formatted(Visible.line(issuerThere.get()), Visible.line(issuerHere.get())),
          "Trust the issuer that the operator sees (trustBundle in the chart's values), or let the operator pass by the proxy.");
    }
    return Finding.bad(
        Check.Compared.name(),
        Level.ERROR,
        there.name(),
        there == here.reason()
            ? "From here it is the same, so the cause is the host or its address, and not the cluster."
            : "From here the host does not answer either, in another way (%s)."
                .formatted(here.reason()),
        "");
  }

  private static Optional<String> issuer(String message) {
    Matcher found = ISSUER.matcher(message);
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }
}
