package dev.codesource.http;

import static dev.codesource.http.ClientUnderTest.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.resolver.HostsFileEntriesProvider;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SystemResolverTest {

  private static final List<String> IN_A_POD =
      List.of(
          "search operator.svc.cluster.example svc.cluster.example cluster.example corp.example",
          "nameserver 10.96.0.10",
          "options ndots:5");

  private final List<String> asked = new ArrayList<>();

  private SystemResolver resolver(List<String> configuration) throws IOException {
    return new SystemResolver(
        HostsFileEntriesProvider.parser().parse(new StringReader("10.0.0.7 alias.corp\n")),
        configuration,
        name -> {
          asked.add(name);
          return Collections.nCopies(4_000, address("10.0.0.1"));
        });
  }

  @ParameterizedTest
  @CsvSource({
    "kubernetes, kubernetes.",
    "gitea.dev, gitea.dev.",
    "gitlab.com, gitlab.com.",
    "svc, svc.",
    "dev.svc, dev.svc.",
    "gitea.dev.svc, gitea.dev.svc.cluster.example.",
    "pod.gitea.dev.svc, pod.gitea.dev.svc.cluster.example.",
    "gitea.dev.svc.cluster.example, gitea.dev.svc.cluster.example."
  })
  void aNameIsLookedUpAsItIsWrittenExceptThatOfAService(String name, String absolute)
      throws Exception {
    resolver(IN_A_POD).resolve(name);

    assertThat(asked).containsExactly(absolute);
  }

  @Test
  void outsideOfAClusterThereIsNoDomainToAppend() throws Exception {
    resolver(List.of("search corp.example")).resolve("gitea.dev.svc");

    assertThat(asked).containsExactly("gitea.dev.svc.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.7", "2001:db8::7"})
  void anAddressIsNotLookedUp(String literal) throws Exception {
    assertThat(resolver(IN_A_POD).resolve(literal)).containsExactly(InetAddress.ofLiteral(literal));
    assertThat(asked).isEmpty();
  }

  @Test
  void theHostsFileComesFirst() throws Exception {
    assertThat(resolver(IN_A_POD).resolve("alias.corp")).containsExactly(address("10.0.0.7"));
    assertThat(asked).isEmpty();
  }

  @Test
  void ofThousandsOfAddressesAFewAreKept() throws Exception {
    assertThat(resolver(IN_A_POD).resolve("many.example")).hasSize(16);
  }

  @Test
  void localhostIsKnown() throws Exception {
    assertThat(Resolver.system().resolve("localhost"))
        .isNotEmpty()
        .allMatch(InetAddress::isLoopbackAddress);
  }
}
