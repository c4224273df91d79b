package dev.codesource.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.resolver.HostsFileEntriesProvider;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The system's hosts file and DNS. A name is looked up as it is written, without the search domains
 * of {@code /etc/resolv.conf}. In a pod these are tried first for a name with less than five dots,
 * and whoever has a namespace {@code com} with a Service {@code gitlab} would be {@code
 * gitlab.com}. The short name of a Service ends in {@code .svc}; the cluster's domain is appended
 * to it.
 */
final class SystemResolver implements Resolver {

  private static final Path CONFIGURATION = Path.of("/etc/resolv.conf");

  /** {@code service.namespace.svc}, as Kubernetes' DNS specification has it. */
  private static final String SERVICE = ".svc";

  /** No code host has more; a large answer of DNS has 4 000. */
  private static final int MOST_ADDRESSES = 16;

  private final Map<String, List<InetAddress>> hosts4;
  private final Map<String, List<InetAddress>> hosts6;
  private final Optional<String> clusterDomain;
  private final Resolver absolute;

  /** The system's own. */
  SystemResolver() {
    this(hostsFile(), lines(CONFIGURATION), name -> List.of(InetAddress.getAllByName(name)));
  }

  /**
   * A resolver for tests.
   *
   * @param configuration the lines of {@code /etc/resolv.conf}
   * @param absolute looks up a name with a dot at its end
   */
  SystemResolver(HostsFileEntriesProvider hosts, List<String> configuration, Resolver absolute) {
    this.hosts4 = Map.copyOf(hosts.ipv4Entries());
    this.hosts6 = Map.copyOf(hosts.ipv6Entries());
    this.clusterDomain = clusterDomain(configuration);
    this.absolute = absolute;
  }

  @Override
  public List<InetAddress> resolve(String name) throws UnknownHostException {
    if (isLiteral(name)) {
      return List.of(InetAddress.ofLiteral(name));
    }
    String known = name.toLowerCase(Locale.ROOT);
    List<InetAddress> inFile =
        Stream.of(hosts4, hosts6)
            .flatMap(hosts -> hosts.getOrDefault(known, List.of()).stream())
            .toList();
    List<InetAddress> found = inFile.isEmpty() ? absolute.resolve(absolute(known)) : inFile;
    return found.stream().limit(MOST_ADDRESSES).toList();
  }

  @Override
  public boolean mayBeKept() {
    return true;
  }

  private String absolute(String name) {
    boolean isService =
        name.endsWith(SERVICE) && name.indexOf('.') < name.length() - SERVICE.length();
    return isService
        ? name + clusterDomain.map(domain -> "." + domain).orElse("") + "."
        : name + ".";
  }

  /** As the JDK has it: another file may be named by a system property. */
  private static HostsFileEntriesProvider hostsFile() {
    return Optional.ofNullable(System.getProperty("jdk.net.hosts.file"))
        .map(file -> HostsFileEntriesProvider.parser().parseSilently(new File(file), UTF_8))
        .orElseGet(() -> HostsFileEntriesProvider.parser().parseSilently());
  }

  /** A name's last label begins with a letter ({@code HostName}). */
  private static boolean isLiteral(String name) {
    return name.contains(":") || Character.isDigit(name.charAt(name.lastIndexOf('.') + 1));
  }

  /**
   * The kubelet writes {@code search namespace.svc.cluster.local svc.cluster.local cluster.local}.
   */
  private static Optional<String> clusterDomain(List<String> configuration) {
    return configuration.stream()
        .map(line -> line.strip().split("\\s+"))
        .filter(words -> words[0].equals("search"))
        .flatMap(Arrays::stream)
        .filter(domain -> domain.startsWith("svc."))
        .map(domain -> domain.substring("svc.".length()))
        .findFirst();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of(); // then only names with their domain are known
    }
  }
}
