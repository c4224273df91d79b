package dev.codesource.web.console;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes the clients of the API server, each for one visitor. Nothing else in the console makes one.
 *
 * <p>A configuration that the library completes by itself would have the token of the pod's
 * ServiceAccount, if there is one, in place of a token that is missing or empty. So it starts from
 * an empty one, and {@link BearerToken} is never blank.
 */
public final class VisitorClients {

  /** For one watch: so the loss of a right takes effect within this time. */
  public static final Duration LONGEST_WATCH = Duration.ofSeconds(290);

  /** For one answer. */
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(15);

  private final Config base;
  private final KubernetesSerialization serialization;
  private final HttpClient.Factory factory;
  private final AnswerBudget answers = AnswerBudget.ofHeap();

  /**
   * Clients of one API server.
   *
   * @param certificates the file of the authorities that may have signed its certificate, in PEM;
   *     it is read for each client, since they are replaced one day; empty: those that Java trusts
   */
  public VisitorClients(
      URI server,
      Optional<Path> certificates,
      KubernetesSerialization serialization,
      HttpClient.Factory factory) {
    ConfigBuilder builder =
        new ConfigBuilder(Config.empty())
            .withAutoConfigure(false)
            .withMasterUrl(server.toString())
            .withTrustCerts(false)
            .withDisableHostnameVerification(false)
            .withRequestTimeout(Math.toIntExact(LONGEST_ANSWER.toMillis()))
            .withConnectionTimeout(Math.toIntExact(LONGEST_ANSWER.toMillis()))
            .withRequestRetryBackoffLimit(0)
            .withWatchReconnectLimit(0)
            .withUserAgent("codesource-console");
    certificates.ifPresent(file -> builder.withCaCertFile(file.toString()));
    this.base = builder.build();
    this.serialization = serialization;
    this.factory = factory;
  }

  /** A client that acts as the owner of the token; the caller closes it. */
  KubernetesClient of(BearerToken token) {
    return builder(token).build();
  }

  /** The same, for whatever tenants write: its answers are counted. */
  KubernetesClient of(BearerToken token, AnswerBudget.Share share) {
    return builder(token)
        .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("answers", share))
        .build();
  }

  /** Of the memory for answers to all visitors. */
  AnswerBudget.Share share() {
    return answers.share();
  }

  private KubernetesClientBuilder builder(BearerToken token) {
    return new KubernetesClientBuilder()
        .withKubernetesSerialization(serialization)
        .withConfig(
            new ConfigBuilder(base).withAutoConfigure(false).withOauthToken(token.value()).build())
        .withHttpClientFactory(factory);
  }
}
