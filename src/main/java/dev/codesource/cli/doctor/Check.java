package dev.codesource.cli.doctor;

/** The checks of the doctor, in their order: what is wrong first can be the cause of the rest. */
public enum Check {
  Cluster("The API server answers, and is of Kubernetes 1.31 or later."),
  Identity("The API server knows who asks."),
  Resources("The cluster has the resources of the operator."),
  Operator("The operator runs."),
  Binding("The binding exists, and is not suspended."),
  Answer("The operator verifies the binding when it is asked to."),
  AddressValid("The operator may connect to the address."),
  Reachable("The host answers the operator as the platform does."),
  Authenticated("The credential belongs to the named account."),
  ScopesSufficient("The scopes suffice to read code and set webhooks."),
  CredentialFresh("The credential does not expire soon."),
  Published("The requested Secrets are written."),
  Ready("The operator finds nothing else wrong."),
  SecretFromHere(
      "The Secret has a credential for the site, in the right form and of the platform."),
  AddressFromHere("The URL is that of a site."),
  HostFromHere("The host answers this machine as the platform does."),
  TokenFromHere("With --with-token: the host accepts the token from this machine."),
  Compared("What the operator finds is also found from this machine."),
  AuthorizationPage("The page at which somebody authorizes the binding answers this machine."),
  Clock("The clocks of this machine and of the host agree."),
  Triggers("The triggers of the binding are ready, and their last builds have not failed.");

  private final String promise;

  Check(String promise) {
    this.promise = promise;
  }

  /** What is so if nothing is wrong: a sentence. */
  public String promise() {
    return promise;
  }
}
