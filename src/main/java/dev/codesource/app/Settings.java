package dev.codesource.app;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What an administrator can set; the chart's values of the same names end up here. */
@ConfigMapping(prefix = "codesource")
public interface Settings {

  Address address();

  Host host();

  LeaderElection leaderElection();

  Shards shard();

  OAuth oauth();

  /** The name of the pod, from the downward API; default: the host name. */
  Optional<String> podName();

  /** Authorization by OAuth. */
  interface OAuth {

    /**
     * Where browsers find the operator's pages: scheme, host and port. The redirect URI is {@code
     * /callback} there. Without it there is no authorization in a browser.
     */
    Optional<URI> publicUrl();

    /**
     * Whether those who open a page must prove to the API server that they may change the binding.
     */
    @WithDefault("false")
    boolean requireClusterAccess();

    /** A folder with a folder for each OAuth application that every namespace may use. */
    Optional<Path> apps();
  }

  /** Where the operator may connect to. */
  interface Address {

    /** Ports allowed with http: numbers and ranges; empty: none. */
    @WithDefault("80,21,443,70,210,280,488,591,777,1025-65535")
    Optional<String> httpPorts();

    /** Ports allowed with https: numbers and ranges; empty: none. */
    @WithDefault("443")
    Optional<String> httpsPorts();

    /** Host names, {@code *.} in front for all below one; when not empty, no other is allowed. */
    Optional<List<String>> allowedHosts();

    /** Host names, {@code *.} in front for all below one; they win over what is allowed. */
    Optional<List<String>> deniedHosts();

    /** Networks that are allowed although they are refused by default, such as 127.0.0.0/8. */
    Optional<List<String>> allowedCidrs();

    /** Networks that are refused; they win over what is allowed. */
    Optional<List<String>> deniedCidrs();
  }

  /** How code hosts are talked to. */
  interface Host {

    /** Verifications at once against one host. */
    @WithDefault("8")
    int concurrency();

    /** How long a connection may take to be made. */
    @WithDefault("5s")
    Duration connectTimeout();

    /** How long a request may take in all, the connection included. */
    @WithDefault("15s")
    Duration timeout();
  }

  /** Which part of the bindings this process works on. */
  interface Shards {

    /** Its number, from 0. */
    @WithDefault("0")
    int index();

    /** How many there are. */
    @WithDefault("1")
    int count();
  }

  /** Whether one replica works and the others wait. */
  interface LeaderElection {

    @WithDefault("false")
    boolean enabled();

    /** The name of the Lease; that of another shard than the first has its number behind. */
    @WithDefault("code-source-operator")
    String leaseName();

    /** The namespace of the Lease; default: the one that the operator runs in. */
    Optional<String> namespace();
  }
}
