package dev.codesource.operator;

import dev.codesource.builder.BuilderRuns;
import dev.codesource.cluster.Cluster;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * What the controller of Jobs and the kubelet do, where there is neither: Jobs start and end
 * because somebody says so. No process runs, and no image is built.
 */
public final class SimulatedJobs implements AutoCloseable {

  private final Cluster cluster;
  private final Function<Job, Duration> times;
  private final String digest;
  private final SharedIndexInformer<Job> informer;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Job> created = new ArrayList<>();
  private final Map<String, Integer> active = new HashMap<>();
  private final Map<String, Integer> most = new HashMap<>();

  private SimulatedJobs(Cluster cluster, Function<Job, Duration> times, String digest) {
    this.cluster = cluster;
    this.times = times;
    this.digest = digest;
    this.informer =
        cluster
            .admin()
            .batch()
            .v1()
            .jobs()
            .inAnyNamespace()
            .withLabel(BuilderRuns.TRIGGER)
            .inform(new Watching());
  }

  /**
   * From now on each build succeeds.
   *
   * @param times how long each runs
   * @param digest of the image that each would push
   */
  public static SimulatedJobs succeeding(
      Cluster cluster, Function<Job, Duration> times, String digest) {
    return new SimulatedJobs(cluster, times, digest);
  }

  /** The builds that were ever created, in their order. */
  synchronized List<Job> created() {
    return List.copyOf(created);
  }

  /** The most builds that were in progress at once, in each namespace and for each trigger. */
  synchronized Map<String, Integer> most() {
    return Map.copyOf(most);
  }

  /** Builds in progress now. */
  synchronized int active() {
    return active.entrySet().stream()
        .filter(each -> !each.getKey().contains("/"))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /** Of which builds are counted: of a namespace, and of a trigger in it. */
  private static List<String> places(Job job) {
    String namespace = job.getMetadata().getNamespace();
    return List.of(
        namespace, namespace + "/" + job.getMetadata().getLabels().get(BuilderRuns.TRIGGER));
  }

  private void count(Job job, int change) {
    for (String place : places(job)) {
      most.merge(place, active.merge(place, change, Integer::sum), Math::max);
    }
  }

  /** One event after another, in the order in which the API server has stored them. */
  private final class Watching implements ResourceEventHandler<Job> {
    @Override
    public void onAdd(Job job) {
      synchronized (SimulatedJobs.this) {
        created.add(job);
        if (!hasEnded(job)) {
          count(job, 1);
        }
      }
      if (!hasEnded(job)) {
        var _ = threads.submit(() -> run(job));
      }
    }

    @Override
    public void onUpdate(Job before, Job job) {
      if (!hasEnded(before) && hasEnded(job)) {
        synchronized (SimulatedJobs.this) {
          count(job, -1);
        }
      }
    }

    @Override
    public void onDelete(Job job, boolean isLate) {
      if (!hasEnded(job)) {
        synchronized (SimulatedJobs.this) {
          count(job, -1);
        }
      }
    }
  }

  private void run(Job job) {
    try {
      starts(cluster, job);
      Thread.sleep(times.apply(job));
      succeeds(cluster, job, digest);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
      // It was cancelled.
    }
  }

  private static boolean hasEnded(Job job) {
    return job.getStatus() != null
        && job.getStatus().getConditions().stream()
            .filter(condition -> condition.getStatus().equals("True"))
            .anyMatch(condition -> List.of("Complete", "Failed").contains(condition.getType()));
  }

  static void starts(Cluster cluster, Job job) {
    status(
        cluster, job, "{\"startTime\":\"%s\",\"active\":1,\"ready\":1}".formatted(Instant.now()));
  }

  /** Its pod ends with the digest of the image in its message, as that of BuildKit does. */
  static void succeeds(Cluster cluster, Job job, String digest) {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(job.getMetadata().getName() + "-x")
            .withNamespace(job.getMetadata().getNamespace())
            .addToLabels("batch.kubernetes.io/controller-uid", job.getMetadata().getUid())
            .withOwnerReferences(
                new OwnerReferenceBuilder()
                    .withApiVersion(job.getApiVersion())
                    .withKind(job.getKind())
                    .withName(job.getMetadata().getName())
                    .withUid(job.getMetadata().getUid())
                    .build())
            .endMetadata()
            .withNewSpec()
            .withRestartPolicy("Never")
            .addNewContainer()
            .withName("build")
            .withImage("buildkit")
            .endContainer()
            .endSpec()
            .build();
    cluster.admin().resource(pod).create();
    cluster
        .admin()
        .resource(pod)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            """
            {"status":{"phase":"Succeeded","containerStatuses":[{"name":"build","ready":false,"restartCount":0,"image":"buildkit","imageID":"",
              "state":{"terminated":{"exitCode":0,"message":"%s\\n"}}}]}}
            """
                .formatted(digest));
    // Not before the start, which the controller of Jobs may write at this moment.
    String now = Instant.now().plusSeconds(2).toString();
    status(
        cluster,
        job,
        "{%s\"completionTime\":\"%s\",\"active\":0,\"ready\":0,\"succeeded\":1,\"conditions\":[{\"type\":\"SuccessCriteriaMet\",\"status\":\"True\"},{\"type\":\"Complete\",\"status\":\"True\"}]}"
            .formatted(startTime(cluster, job), now));
  }

  static void fails(Cluster cluster, Job job) {
    String why =
        "\"status\":\"True\",\"reason\":\"BackoffLimitExceeded\",\"message\":\"Job has reached the specified backoff limit\"";
    status(
        cluster,
        job,
        "{%s\"active\":0,\"ready\":0,\"failed\":1,\"conditions\":[{\"type\":\"FailureTarget\",%s},{\"type\":\"Failed\",%s}]}"
            .formatted(startTime(cluster, job), why, why));
  }

  /** The API server does not accept another one. */
  private static String startTime(Cluster cluster, Job job) {
    return cluster.admin().resource(job).require().getStatus().getStartTime() == null
        ? "\"startTime\":\"" + Instant.now() + "\","
        : "";
  }

  private static void status(Cluster cluster, Job job, String status) {
    cluster
        .admin()
        .batch()
        .v1()
        .jobs()
        .inNamespace(job.getMetadata().getNamespace())
        .withName(job.getMetadata().getName())
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":%s}".formatted(status));
  }

  @Override
  public void close() {
    informer.close();
    threads.shutdownNow();
  }
}
