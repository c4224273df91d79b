package dev.codesource.app;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The operator's settings; the chart's values of the same names set them. */
@ConfigMapping(prefix = "codesource")
public interface Settings {

  /** What this process does; the profile {@code console} sets it. */
  @WithDefault("operator")
  Role role();

  Address address();

  Host host();

  Proxy proxy();

  /**
   * A file with the certificates of authorities that are trusted for every code host, besides the
   * public ones.
   */
  Optional<Path> trustBundle();

  LeaderElection leaderElection();

  Shards shard();

  OAuth oauth();

  Tokens tokens();

  Webhook webhook();

  /** HTTP endpoints that are told of commits; triggers name them. */
  Optional<List<Sink>> sinks();

  /** What may build in the cluster: Tekton, Shipwright, Kpack, BuildKit; default: none. */
  Optional<List<String>> builders();

  Builds builds();

  /** The name of the pod, from the downward API; default: the host name. */
  Optional<String> podName();

  /** What a process does. */
  enum Role {
    OPERATOR,
    CONSOLE
  }

  /** Authorization by OAuth. */
  interface OAuth {

    /**
     * Where browsers find the operator's pages: scheme, host and port. Each code host has its
     * redirect URI below {@code /callback} there. Without it there is no authorization in a
     * browser.
     */
    Optional<URI> publicUrl();

    /**
     * Whether a user of the pages must prove with a token of the cluster that they may change the
     * binding.
     */
    @WithDefault("false")
    boolean requireClusterAccess();

    /** A folder with a folder for each OAuth application that every namespace may use. */
    Optional<Path> apps();
  }

  /** Which addresses the operator may connect to. */
  interface Address {

    /** Ports allowed with http: numbers and ranges; empty: none. */
    @WithDefault("80,21,443,70,210,280,488,591,777,1025-65535")
    Optional<String> httpPorts();

    /** Ports allowed with https: numbers and ranges; empty: none. */
    @WithDefault("443")
    Optional<String> httpsPorts();

    /**
     * Host names, {@code *.} in front for all subdomains of one; when not empty, no other is
     * allowed.
     */
    Optional<List<String>> allowedHosts();

    /**
     * Host names, {@code *.} in front for all subdomains of one; they take precedence over allowed
     * ones.
     */
    Optional<List<String>> deniedHosts();

    /** Networks that are allowed although they are refused by default, such as 127.0.0.0/8. */
    Optional<List<String>> allowedCidrs();

    /** Networks that are refused; they take precedence over allowed ones. */
    Optional<List<String>> deniedCidrs();
  }

  /** HTTP proxies to the code hosts. The API server is always reached without one. */
  interface Proxy {

    /** For URLs with http, such as {@code http://proxy.example.com:3128}; default: none. */
    Optional<String> http();

    /** For URLs with https, in the same form; default: none. */
    Optional<String> https();

    /**
     * What is reached without a proxy: hosts and the names below them, {@code .example.com} for the
     * names only, both also with a port; addresses and networks; {@code *}.
     */
    Optional<List<String>> noProxy();

    /** For both proxies; default: they want none. */
    Optional<String> username();

    Optional<String> password();
  }

  /** Limits of the requests to code hosts. */
  interface Host {

    /** The maximum of concurrent verifications against one host. */
    @WithDefault("8")
    int concurrency();

    /** The time-out for a connection to be established, at most 10 minutes. */
    @WithDefault("5s")
    Duration connectTimeout();

    /** The time-out for a whole request, including the connection, at most 10 minutes. */
    @WithDefault("15s")
    Duration timeout();
  }

  /** The tokens that the operator obtains itself: of OAuth, of GitHub Apps, deploy tokens. */
  interface Tokens {

    /**
     * The age at which a token is renewed at the earliest, and the minimum between two tokens of
     * one binding, at least 5 seconds. Each costs requests and writes, and a host decides how long
     * its tokens live.
     */
    @WithDefault("60s")
    Duration minimumAge();
  }

  /** The deliveries of code hosts' webhooks. */
  interface Webhook {

    /**
     * Where code hosts reach the operator: scheme, host and port. Webhooks have addresses below
     * {@code /webhook} there. Without it no webhook is made.
     */
    Optional<URI> publicUrl();
  }

  /** An HTTP endpoint that is told of commits. */
  interface Sink {

    /** By which triggers name it: lower-case letters, digits and hyphens. */
    String name();

    /** Where events are posted to: http or https, a host and a path. */
    URI url();

    /**
     * A folder with the keys of its Secret as files: {@code signing_key}, {@code client_id} and
     * {@code client_secret}, {@code ca.crt}; all may be missing.
     */
    Optional<Path> secret();

    /** How an access token is got by client credentials; default: it wants none. */
    Optional<Oidc> oidc();
  }

  /** An authorization server: either an issuer or a token endpoint. */
  interface Oidc {

    /** The issuer, whose token endpoint is discovered. */
    Optional<URI> issuer();

    /** The token endpoint. */
    Optional<URI> tokenUrl();

    /** The scopes to ask for; default: those that the server gives by itself. */
    Optional<List<String>> scopes();

    /** What the token is for, where the server wants to be told. */
    Optional<String> audience();
  }

  /** The builds that the operator creates in the cluster. */
  interface Builds {

    /**
     * The names of the ServiceAccounts that triggers may name: the operator creates builds as
     * these, and as no others.
     */
    @WithDefault("codesource-builder")
    List<String> serviceAccounts();

    /** The maximum of builds in progress in one namespace, from 1 to 1000. */
    @WithDefault("10")
    int maxConcurrentPerNamespace();

    /** The image of the Jobs of BuildKit. */
    @WithDefault("moby/buildkit:v0.32.0-rootless")
    String buildkitImage();

    /** Requests and limits of the container of these Jobs, as an object in JSON; default: none. */
    Optional<String> buildkitResources();

    /**
     * With what the names of the chart's ClusterRoles for builders begin: {@code -builder-} and the
     * builder follow.
     */
    @WithDefault("codesource-operator")
    String clusterRolePrefix();
  }

  /** Which part of the bindings this process reconciles. */
  interface Shards {

    /** The number of this process's shard, from 0. */
    @WithDefault("0")
    int index();

    /** The number of shards. */
    @WithDefault("1")
    int count();
  }

  /**
   * Leader election: one replica reconciles, the others wait. It is always on: with one replica, an
   * update or a node that does not answer leads to two pods too.
   */
  interface LeaderElection {

    /** The name of the Lease; for another shard than the first, its number is appended. */
    @WithDefault("code-source-operator")
    String leaseName();

    /** The namespace of the Lease; default: the one that the operator runs in. */
    Optional<String> namespace();
  }
}
