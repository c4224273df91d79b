package dev.codesource.demo;

import dev.codesource.api.BindingSpec;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.Platform;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The bindings of {@code deploy/samples}, with their hosts replaced by ones on loopback that know
 * the token. What else a sample says is applied as it stands.
 */
final class Samples implements AutoCloseable {

  private static final Path FOLDER = Path.of("deploy/samples");
  private static final String TOKEN = "demo-token";

  /** The key of a Secret for a host with a certificate of a private CA. */
  private static final String CA = "ca.crt";

  /** It has no address of its own to replace: Bitbucket Cloud is bitbucket.org alone. */
  private static final String NOT_SHOWN = "bitbucket-cloud.yaml";

  private final CertificateAuthority authority = CertificateAuthority.root("Demo CA");
  private final Map<String, LoopbackCodeHost> hosts = new HashMap<>();

  /** Every object of the samples, ready to be applied. */
  List<HasMetadata> load(KubernetesClient client) throws IOException {
    List<HasMetadata> objects = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file :
          files
              .filter(Files::isRegularFile)
              .filter(path -> !path.endsWith(NOT_SHOWN))
              .sorted()
              .toList()) {
        try (InputStream yaml = Files.newInputStream(file)) {
          client.load(yaml).items().forEach(object -> objects.add(typed(object, client)));
        }
      }
    }
    List<CodeSourceBinding> bindings = only(objects, CodeSourceBinding.class);
    List<String> withOwnCa =
        only(objects, Secret.class).stream()
            .filter(secret -> secret.getStringData().containsKey(CA))
            .map(secret -> secret.getMetadata().getName())
            .toList();
    for (CodeSourceBinding binding : bindings) {
      hosts.put(secretOf(binding), hostFor(binding, withOwnCa.contains(secretOf(binding))));
    }
    bindings.forEach(
        binding ->
            binding.setSpec(
                withUrl(
                    binding,
                    hostOf(binding).url(hostName(withOwnCa.contains(secretOf(binding)))))));
    for (Secret secret : only(objects, Secret.class)) {
      Map<String, String> data = new HashMap<>();
      data.put("url", urlFor(secret.getMetadata().getName(), bindings));
      data.put("token", TOKEN);
      if (withOwnCa.contains(secret.getMetadata().getName())) {
        data.put(CA, authority.pem());
      }
      secret.setStringData(data);
    }
    return objects;
  }

  private static HasMetadata typed(HasMetadata object, KubernetesClient client) {
    return object.getKind().equals("CodeSourceBinding")
        ? client.getKubernetesSerialization().convertValue(object, CodeSourceBinding.class)
        : object;
  }

  private LoopbackCodeHost hostFor(CodeSourceBinding binding, boolean hasOwnCa) {
    BindingSpec spec = binding.getSpec();
    Dialect dialect = Dialect.atRoot(dialect(spec.platform()));
    LoopbackCodeHost host =
        hasOwnCa
            ? LoopbackCodeHost.https(dialect, authority.issue("localhost").sslContext())
            : LoopbackCodeHost.http(dialect);
    return host.grant(
        TOKEN,
        Grant.of(spec.username(), "api", "repo", "admin:repo_hook", "read:user", "write:repository")
            .expiring(LocalDate.now(java.time.ZoneOffset.UTC).plusDays(90).toString()));
  }

  static Dialect dialect(Platform platform) {
    return switch (platform) {
      case GitLab -> Dialect.gitLab();
      case GitHub -> Dialect.gitHub();
      case Gitee -> Dialect.gitee();
      case Bitbucket -> Dialect.bitbucketDataCenter();
      case Gitea -> Dialect.gitea();
    };
  }

  private String urlFor(String secret, List<CodeSourceBinding> bindings) {
    return bindings.stream()
        .filter(binding -> secretOf(binding).equals(secret))
        .map(binding -> Objects.requireNonNull(binding.getSpec().url()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no sample uses the Secret " + secret));
  }

  private LoopbackCodeHost hostOf(CodeSourceBinding binding) {
    return Objects.requireNonNull(hosts.get(secretOf(binding)));
  }

  /** A certificate is for a name. */
  private static String hostName(boolean hasOwnCa) {
    return hasOwnCa ? "localhost" : "127.0.0.1";
  }

  private static String secretOf(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getSpec().tokenSecretRef()).orElseThrow().name();
  }

  private static BindingSpec withUrl(CodeSourceBinding binding, String url) {
    BindingSpec spec = binding.getSpec();
    return new BindingSpec(
        spec.platform(),
        url,
        spec.username(),
        spec.registryInstance(),
        spec.tokenSecretRef(),
        spec.oauth(),
        spec.tls(),
        spec.interval(),
        spec.suspend(),
        spec.publish(),
        spec.publishNames(),
        spec.whenUnbound(),
        spec.deletionPolicy(),
        spec.deployToken());
  }

  private static <T> List<T> only(List<HasMetadata> objects, Class<T> type) {
    return objects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Override
  public void close() {
    hosts.values().forEach(LoopbackCodeHost::close);
  }
}
