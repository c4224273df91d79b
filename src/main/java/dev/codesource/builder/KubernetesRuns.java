package dev.codesource.builder;

import dev.codesource.build.Builder;
import dev.codesource.http.Printable;
import dev.codesource.http.limit.FairBulkhead;
import dev.codesource.http.limit.FairBulkhead.Permit;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.ApiErrors;
import dev.codesource.runtime.ApiReads;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Creates, cancels and deletes builds as a ServiceAccount of their namespace, by impersonation
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation). So
 * whoever makes a trigger gets nothing built that this account may not create, and the operator's
 * own account creates none.
 */
public final class KubernetesRuns implements Runs {

  private static final Logger LOG = Logger.getLogger("dev.codesource.builder");

  /**
   * https://kubernetes.io/docs/reference/labels-annotations-taints/#batchkubernetesio-controller-uid.
   * Nobody knows it before the Job is there, other than its name.
   */
  private static final String JOB_UID = "batch.kubernetes.io/controller-uid";

  /** Of what the API server says, in characters. */
  private static final int LONGEST = 300;

  private static final int UNPROCESSABLE = 422;

  /**
   * Webhooks of a namespace may take 30 s for an answer, so that builds do not take the places of
   * the operator's other writes, and one namespace does not take all of these.
   */
  private static final int WRITES_AT_ONCE = 8;

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** For so long a ServiceAccount that was there is taken to be there. */
  private static final Duration ACCOUNT_KNOWN = Duration.ofMinutes(1);

  private final KubernetesClient client;
  private final RunInformers informers;
  private final BuilderRuns objects;
  private final ApiReads reads;
  private final InstantSource clock;
  private final FairBulkhead writes = new FairBulkhead(WRITES_AT_ONCE);

  /** When ServiceAccounts were seen, by namespace and name. */
  private final Map<String, Instant> seen = new ConcurrentHashMap<>();

  private final Set<String> accounts;
  private final String roles;

  /**
   * Runs that the informers know.
   *
   * @param accounts the names of the ServiceAccounts that the administrator allows
   * @param roles with what the names of the chart's ClusterRoles for builders begin
   */
  public KubernetesRuns(
      KubernetesClient client,
      RunInformers informers,
      BuilderRuns objects,
      ApiReads reads,
      InstantSource clock,
      Set<String> accounts,
      String roles) {
    this.client = client;
    this.informers = informers;
    this.objects = objects;
    this.reads = reads;
    this.clock = clock;
    this.accounts = Set.copyOf(accounts);
    this.roles = roles;
  }

  @Override
  public void start() {
    informers.start();
  }

  @Override
  public void close() {
    informers.close();
  }

  @Override
  public Outcome<RunKind> usable(Builder.InCluster builder) {
    RunKind kind = RunKind.of(builder);
    if (!informers.isEnabled(kind)) {
      return Outcome.refused(
          Reason.BuilderNotEnabled,
          "The builder %s makes %ss, and the administrator has not allowed the operator to use them."
              .formatted(builder.name(), kind));
    }
    if (!informers.isComplete(kind) && !informers.isTried(kind)) {
      return Outcome.waiting(
          Reason.Queued, "The %ss of the cluster are being listed.".formatted(kind));
    }
    if (!informers.isComplete(kind)) {
      return Outcome.refused(
          Reason.BuilderNotInstalled,
          "The builder %s makes %ss, and the API server does not list %s.%s."
              .formatted(builder.name(), kind, kind.plural(), kind.group()));
    }
    return Outcome.done(kind);
  }

  @Override
  public Set<RunKind> known() {
    return Stream.of(RunKind.values())
        .filter(kind -> informers.isEnabled(kind) && informers.isComplete(kind))
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public List<Run> of(String namespace, String triggerUid) {
    return informers.of(namespace, triggerUid);
  }

  @Override
  public int active(String namespace) {
    return informers.active(namespace);
  }

  @Override
  public void onChange(Listener listener) {
    informers.onChange(listener);
  }

  @Override
  public void onListed(Consumer<RunKind> listener) {
    informers.onListed(listener);
  }

  @Override
  public Outcome<Run> start(Builder.InCluster builder, BuildOrder order) {
    RunKind kind = RunKind.of(builder);
    return account(order.namespace(), order.serviceAccount())
        .then(
            account ->
                objects
                    .object(builder, order)
                    .then(object -> account.of(kind, as -> create(as, kind, order, object))))
        .then(
            found ->
                found
                    .run()
                    .filter(run -> run.triggerUid().equals(order.owner().getUid()))
                    .map(this::known)
                    .orElseGet(
                        () ->
                            Outcome.refused(
                                Reason.BuildNameTaken,
                                "There is a %s %s already, which was not made for this trigger."
                                    .formatted(kind, order.name()))));
  }

  private Outcome<Run> known(Run run) {
    informers.created(run);
    return Outcome.done(run);
  }

  /** What was created; or what is there, if it was created before. */
  private ObservedRun create(
      NamespacedKubernetesClient as,
      RunKind kind,
      BuildOrder order,
      GenericKubernetesResource object) {
    try {
      GenericKubernetesResource made =
          write(
              order.namespace(),
              () ->
                  as.genericKubernetesResources(kind.context())
                      .inNamespace(order.namespace())
                      .resource(object)
                      .create());
      return client.getKubernetesSerialization().convertValue(made, ObservedRun.of(kind));
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      return present(kind, order.namespace(), order.name()).orElseThrow(() -> e);
    }
  }

  private Optional<ObservedRun> present(RunKind kind, String namespace, String name) {
    return Optional.ofNullable(
        client.resources(ObservedRun.of(kind)).inNamespace(namespace).withName(name).get());
  }

  private <T> T write(String namespace, Supplier<T> writing) {
    Optional<Permit> permit = writes.acquire(namespace, LONGEST_WAIT);
    if (permit.isEmpty()) {
      throw new KubernetesClientException("Too many builds are being started at once.");
    }
    try (Permit _ = permit.get()) {
      return writing.get();
    }
  }

  @Override
  public Outcome<Run> cancel(Run run, String serviceAccount) {
    return objects
        .cancellation(run.kind())
        .map(patch -> end(run, serviceAccount, as -> patch(as, run, patch)))
        .orElseGet(() -> delete(run, serviceAccount));
  }

  @Override
  public Outcome<Run> delete(Run run, String serviceAccount) {
    return end(run, serviceAccount, as -> delete(as, run));
  }

  private Outcome<Run> end(
      Run run, String serviceAccount, Consumer<NamespacedKubernetesClient> request) {
    return account(run.namespace(), serviceAccount)
        .then(
            account ->
                account.of(
                    run.kind(),
                    as -> {
                      try {
                        write(
                            run.namespace(),
                            () -> {
                              request.accept(as);
                              return run;
                            });
                      } catch (KubernetesClientException e) {
                        if (!isOver(run, e)) {
                          throw e;
                        }
                      }
                      informers.ended(run);
                      return run;
                    }));
  }

  /** Builders refuse changes of what has ended, and another object may have its name by now. */
  private boolean isOver(Run run, KubernetesClientException answer) {
    return switch (answer.getCode()) {
      case HttpURLConnection.HTTP_NOT_FOUND -> true;
      case HttpURLConnection.HTTP_BAD_REQUEST, HttpURLConnection.HTTP_CONFLICT, UNPROCESSABLE ->
          present(run.kind(), run.namespace(), run.name())
              .filter(now -> run.uid().equals(now.getMetadata().getUid()))
              .filter(now -> now.getMetadata().getDeletionTimestamp() == null)
              .filter(now -> !now.progress().state().isEnd())
              .isEmpty();
      default -> false;
    };
  }

  /** With the UID, so that it is not another object that has the name by now. */
  private void patch(NamespacedKubernetesClient as, Run run, Map<String, Object> change) {
    Map<String, Object> patch = new LinkedHashMap<>(change);
    patch.put("metadata", Map.of("uid", run.uid()));
    as.genericKubernetesResources(run.kind().context())
        .inNamespace(run.namespace())
        // By the name alone it would be read first.
        .resource(
            new GenericKubernetesResourceBuilder()
                .withApiVersion(run.kind().apiVersion())
                .withKind(run.kind().name())
                .withNewMetadata()
                .withName(run.name())
                .withNamespace(run.namespace())
                .endMetadata()
                .build())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            client.getKubernetesSerialization().asJson(patch));
  }

  private static void delete(NamespacedKubernetesClient as, Run run) {
    RunKind kind = run.kind();
    as.raw(
        "/apis/%s/namespaces/%s/%s/%s"
            .formatted(kind.apiVersion(), run.namespace(), kind.plural(), run.name()),
        "DELETE",
        new DeleteOptionsBuilder()
            .withPropagationPolicy(DeletionPropagation.BACKGROUND.toString())
            .withNewPreconditions()
            .withUid(run.uid())
            .endPreconditions()
            .build());
  }

  @Override
  public Optional<String> digest(Run run, String serviceAccount) {
    if (run.kind() != RunKind.Job || !accounts.contains(serviceAccount)) {
      return Optional.of("");
    }
    try {
      return Optional.of(
          reads.read(
              run.namespace(),
              () -> as(run.namespace(), serviceAccount, client -> digest(client, run))));
    } catch (KubernetesClientException e) {
      LOG.debugf("the digest of %s cannot be read: %s", run.name(), e.getMessage());
      // Whoever may not read pods now may not later; everything else passes.
      return e.getCode() == HttpURLConnection.HTTP_FORBIDDEN ? Optional.of("") : Optional.empty();
    }
  }

  /** Of one pod: a Job has one, but anybody may label more, of 1.5 MiB each. */
  private static String digest(NamespacedKubernetesClient client, Run run) {
    return client
        .pods()
        .inNamespace(run.namespace())
        .withLabel(JOB_UID, run.uid())
        .list(new ListOptionsBuilder().withLimit(1L).build())
        .getItems()
        .stream()
        .flatMap(pod -> Stream.ofNullable(pod.getStatus()))
        .flatMap(status -> Stream.ofNullable(status.getContainerStatuses()))
        .flatMap(List::stream)
        .flatMap(container -> Stream.ofNullable(container.getState()))
        .flatMap(state -> Stream.ofNullable(state.getTerminated()))
        .flatMap(ended -> BuildKitJobs.digest(ended.getMessage()).stream())
        .findFirst()
        .orElse("");
  }

  @Override
  public Outcome<String> allowed(String name) {
    return accounts.contains(name)
        ? Outcome.done(name)
        : Outcome.refused(
            Reason.ServiceAccountNotAllowed,
            "The administrator does not allow builds as the ServiceAccount %s; allowed: %s."
                .formatted(name, String.join(", ", accounts.stream().sorted().toList())));
  }

  @Override
  public Outcome<String> present(String namespace, String name) {
    return isPresent(namespace, name) ? Outcome.done(name) : Outcome.refused(notFound(name));
  }

  /** The account, if it may be used and exists. */
  private Outcome<Account> account(String namespace, String name) {
    return allowed(name).then(_ -> present(namespace, name)).map(_ -> new Account(namespace, name));
  }

  private static Problem notFound(String account) {
    return new Problem(
        Reason.ServiceAccountNotFound,
        "There is no ServiceAccount %s in this namespace.".formatted(account));
  }

  /** Asked once for the many requests of a trigger. */
  private boolean isPresent(String namespace, String account) {
    String key = namespace + "/" + account;
    Instant now = clock.instant();
    seen.values().removeIf(at -> at.plus(ACCOUNT_KNOWN).isBefore(now));
    if (seen.containsKey(key)) {
      return true;
    }
    boolean isPresent =
        client.serviceAccounts().inNamespace(namespace).withName(account).get() != null;
    if (isPresent) {
      seen.put(key, now);
    }
    return isPresent;
  }

  private <T> T as(
      String namespace, String account, Function<NamespacedKubernetesClient, T> requests) {
    return client
        .adapt(NamespacedKubernetesClient.class)
        .withRequestConfig(
            new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                .withImpersonateUsername(
                    "system:serviceaccount:%s:%s".formatted(namespace, account))
                .build())
        .call(requests::apply);
  }

  /** A ServiceAccount as which requests are sent. */
  private final class Account {
    private final String namespace;
    private final String name;

    Account(String namespace, String name) {
      this.namespace = namespace;
      this.name = name;
    }

    <T> Outcome<T> of(RunKind kind, Function<NamespacedKubernetesClient, T> request) {
      try {
        return Outcome.done(as(namespace, name, request));
      } catch (KubernetesClientException e) {
        return refused(kind, e).map(Outcome::<T>refused).orElseThrow(() -> e);
      }
    }

    /** Empty: it is not about this request. */
    private Optional<Problem> refused(RunKind kind, KubernetesClientException answer) {
      String said = Printable.of(ApiErrors.message(answer).orElse(""), LONGEST);
      return switch (answer.getCode()) {
        case HttpURLConnection.HTTP_FORBIDDEN -> Optional.of(forbidden(kind, said));
        case HttpURLConnection.HTTP_NOT_FOUND ->
            Optional.of(
                new Problem(
                    Reason.BuilderNotInstalled,
                    "The API server has no %s.%s.".formatted(kind.plural(), kind.group())));
        case HttpURLConnection.HTTP_BAD_REQUEST, UNPROCESSABLE ->
            Optional.of(
                new Problem(
                    Reason.BuildRefused,
                    "The API server refuses the %s: %s".formatted(kind, Printable.sentence(said))));
        default -> Optional.empty();
      };
    }

    /** By the words of k8s.io/apiserver and of the plug-in ResourceQuota. */
    private Problem forbidden(RunKind kind, String said) {
      if (said.contains("exceeded quota")) {
        return new Problem(
            Reason.BuildQuotaExceeded,
            "The quota of the namespace does not allow the %s: %s"
                .formatted(kind, Printable.sentence(said)));
      }
      if (said.contains("impersonate")) {
        return new Problem(
            Reason.ServiceAccountNotAllowed,
            "The operator may not act as the ServiceAccount %s.".formatted(name));
      }
      if (said.contains("\"system:serviceaccount:%s:%s\" cannot".formatted(namespace, name))) {
        seen.remove(namespace + "/" + name);
        if (!isPresent(namespace, name)) {
          return notFound(name);
        }
        return new Problem(
            Reason.BuildForbidden,
            "The ServiceAccount %s may not do this with %s.%s. This allows it: kubectl create rolebinding %s-%s --namespace=%s --clusterrole=%s-builder-%s --serviceaccount=%s:%s (as who may grant it)."
                .formatted(
                    name,
                    kind.plural(),
                    kind.group(),
                    name,
                    kind.builder(),
                    namespace,
                    roles,
                    kind.builder(),
                    namespace,
                    name));
      }
      return new Problem(
          Reason.BuildRefused,
          "The API server refuses the %s: %s".formatted(kind, Printable.sentence(said)));
    }
  }
}
