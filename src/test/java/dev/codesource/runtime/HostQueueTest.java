package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.address.Origin;
import dev.codesource.address.Origin.Scheme;
import dev.codesource.http.AdjustableClock;
import dev.codesource.runtime.HostQueue.Entry;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class HostQueueTest {

  private static final Origin HOST = new Origin(Scheme.HTTPS, "git.example.com", 443);
  private static final Origin OTHER_HOST = new Origin(Scheme.HTTPS, "git.example.org", 443);

  private final AdjustableClock clock = new AdjustableClock();
  private final Set<ResourceID> gone = new HashSet<>();
  private final List<ResourceID> called = new ArrayList<>();
  private final HostQueue queue =
      new HostQueue(2, 100, clock, id -> !gone.contains(id), called::add);

  @Test
  void whoFindsAPlaceIsServedAtOnce() {
    assertThat(isServed(binding(1), HOST)).isTrue();
    assertThat(called).isEmpty();
    assertThat(queue.waiting()).isZero();
  }

  @Test
  void whoFindsNoneIsCalledInTheOrderOfArrival() {
    full(
        () -> {
          assertThat(turnedAway(1)).isTrue();
          assertThat(turnedAway(2)).isTrue();
          assertThat(turnedAway(3)).isTrue();
          assertThat(queue.waiting()).isEqualTo(3);
          assertThat(called).isEmpty();
        });

    assertThat(called).as("as many as there are places").containsExactly(binding(1), binding(2));
    assertThat(turnedAway(4)).as("a place is kept for whoever is called").isTrue();
    assertThat(turnedAway(2)).isFalse();
    assertThat(turnedAway(1)).isFalse();
    assertThat(called).containsExactly(binding(1), binding(2), binding(3), binding(4));
  }

  @Test
  void oneHostDoesNotKeepTheBindingsOfAnotherWaiting() {
    full(
        () -> {
          assertThat(turnedAway(1)).isTrue();
          assertThat(isServed(binding(2), OTHER_HOST)).isTrue();
        });
  }

  @Test
  void whoComesAgainKeepsThePlaceInTheLine() {
    full(
        () -> {
          IntStream.of(1, 2, 3, 1).forEach(this::turnedAway);
          assertThat(queue.waiting()).isEqualTo(3);
        });

    assertThat(called).containsExactly(binding(1), binding(2));
  }

  @Test
  void whoIsDeletedWhileWaitingIsNotCalled() {
    full(
        () -> {
          IntStream.of(1, 2, 3).forEach(this::turnedAway);
          queue.forget(binding(1));
          gone.add(binding(2)); // and nobody has said so yet
        });

    assertThat(called).containsExactly(binding(3));
    assertThat(queue.waiting()).isZero();
  }

  @Test
  void whoIsDeletedAfterTheCallKeepsNoPlace() {
    comeInVain(1, 2, 3);
    queue.forget(binding(1));

    assertThat(called).containsExactly(binding(1), binding(2), binding(3));
  }

  @Test
  void whoseAddressChangesWaitsForTheNewHostOnly() {
    full(
        () -> {
          turnedAway(1);
          turnedAway(2);
          assertThat(isServed(binding(1), OTHER_HOST)).isTrue();
          turnedAway(3);
        });

    assertThat(called).containsExactly(binding(2), binding(3));
  }

  @Test
  void aPlaceIsFreeAgainAfterAFailure() {
    comeInVain(1, 2);
    assertThatThrownBy(
            () ->
                queue.runOrQueue(
                    binding(1),
                    HOST,
                    () -> {
                      throw new IllegalStateException("the API server is away");
                    }))
        .hasMessage("the API server is away");
    turnedAway(2);

    full(() -> assertThat(queue.waiting()).isZero());
  }

  @Test
  void neverMoreThanThePlacesAndNobodyIsForgotten() throws Exception {
    int bindings = 500;
    int hosts = 3;
    Set<ResourceID> served = ConcurrentHashMap.newKeySet();
    Set<ResourceID> deleted = ConcurrentHashMap.newKeySet();
    AtomicInteger most = new AtomicInteger();
    List<AtomicInteger> inside =
        IntStream.range(0, hosts).mapToObj(_ -> new AtomicInteger()).toList();
    AtomicInteger submitted = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Crowd crowd = new Crowd(threads, submitted);
      HostQueue crowded =
          new HostQueue(5, 100, Clock.systemUTC(), id -> !deleted.contains(id), crowd::come);
      crowd.comes =
          id -> {
            int host = Math.floorMod(id.getName().hashCode(), hosts);
            if (deleted.contains(id)) {
              return; // the Operator SDK reconciles nothing that is not there
            }
            crowded.runOrQueue(
                id,
                new Origin(Scheme.HTTPS, "git" + host + ".example.com", 443),
                () -> {
                  most.accumulateAndGet(inside.get(host).incrementAndGet(), Math::max);
                  pause();
                  inside.get(host).decrementAndGet();
                  return served.add(id);
                });
          };
      Random random = new Random(42);
      for (int i = 0; i < bindings; i++) {
        crowd.come(binding(i));
        if (i % 7 == 0) {
          ResourceID victim = binding(random.nextInt(i + 1));
          deleted.add(victim);
          crowded.forget(victim);
        }
      }
      while (submitted.get() > 0) {
        pause();
      }
      assertThat(most.get()).isEqualTo(5);
      assertThat(crowded.waiting()).isZero();
    }
    assertThat(IntStream.range(0, bindings).mapToObj(HostQueueTest::binding))
        .allMatch(id -> served.contains(id) || deleted.contains(id));
  }

  /** Bindings that come by themselves or when they are called, each in a thread of its own. */
  private static final class Crowd {
    private final ExecutorService threads;
    private final AtomicInteger underWay;
    private Consumer<ResourceID> comes = _ -> {};

    Crowd(ExecutorService threads, AtomicInteger underWay) {
      this.threads = threads;
      this.underWay = underWay;
    }

    void come(ResourceID id) {
      underWay.incrementAndGet();
      threads.execute(
          () -> {
            comes.accept(id);
            underWay.decrementAndGet();
          });
    }
  }

  private static void pause() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Does something while both places are taken. */
  private void full(Runnable meanwhile) {
    Entry<Entry<Boolean>> done =
        queue.runOrQueue(
            binding(101),
            HOST,
            () ->
                queue.runOrQueue(
                    binding(102),
                    HOST,
                    () -> {
                      meanwhile.run();
                      return true;
                    }));
    assertThat(done).isEqualTo(new Entry.Done<>(new Entry.Done<>(true)));
  }

  /** These come while both places are taken, in this order. */
  private void comeInVain(int... numbers) {
    full(() -> IntStream.of(numbers).forEach(this::turnedAway));
  }

  private boolean turnedAway(int number) {
    return !isServed(binding(number), HOST);
  }

  private boolean isServed(ResourceID resource, Origin host) {
    return queue.runOrQueue(resource, host, () -> true) instanceof Entry.Done;
  }

  @Test
  void aNamespaceWithManyBindingsDoesNotKeepAnotherWaiting() {
    ResourceID other = new ResourceID("binding", "team-b");
    full(
        () -> {
          IntStream.range(0, 50).forEach(this::turnedAway);
          assertThat(isServed(other, HOST)).isFalse();
        });

    assertThat(called).hasSize(2).contains(other);
  }

  @Test
  void inTotalNoMoreAreInProgressHoweverManyHostsThereAre() {
    HostQueue small = new HostQueue(2, 6, clock, _ -> true, called::add);
    List<Entry<Boolean>> entries = new ArrayList<>();
    enterMore(small, 0, entries, () -> {});

    assertThat(entries).filteredOn(entry -> entry instanceof Entry.Queued).hasSize(7);
    assertThat(called).as("called when the three were done").isNotEmpty();
  }

  @Test
  void aPlaceIsLeftForANamespaceThatComesHoweverManyHostsAnotherNamespaceHas() {
    HostQueue small = new HostQueue(2, 6, clock, _ -> true, called::add);
    ResourceID other = new ResourceID("binding", "team-b");
    List<Entry<Boolean>> ofOther = new ArrayList<>();

    enterMore(
        small,
        0,
        new ArrayList<>(),
        () -> ofOther.add(small.runOrQueue(other, OTHER_HOST, () -> true)));

    assertThat(ofOther).isNotEmpty().allMatch(new Entry.Done<>(true)::equals);
  }

  /** Ten bindings of ten hosts come, each while those before it are in progress. */
  private void enterMore(
      HostQueue small, int number, List<Entry<Boolean>> entries, Runnable meanwhile) {
    meanwhile.run();
    if (number < 10) {
      Origin host = new Origin(Scheme.HTTPS, "git" + number + ".example.com", 443);
      Entry<Boolean> entry =
          small.runOrQueue(
              binding(number),
              host,
              () -> {
                enterMore(small, number + 1, entries, meanwhile);
                return true;
              });
      entries.add(entry);
      if (entry instanceof Entry.Queued) {
        enterMore(small, number + 1, entries, meanwhile);
      }
    }
  }

  @Test
  void withoutAHostOnlyAsManyAreInProgressAsThereArePlaces() {
    HostQueue small = new HostQueue(4, 100, clock, _ -> true, called::add);
    List<Entry<Boolean>> entries = new ArrayList<>();
    comeWithoutHost(small, 0, entries);

    assertThat(entries).as("each in a namespace of its own").hasSize(6);
    assertThat(entries).filteredOn(entry -> entry instanceof Entry.Queued).hasSize(2);
    assertThat(called).as("called when the four were done").hasSize(2);
  }

  @Test
  void withoutAHostOneNamespaceLeavesPlacesToOthers() {
    HostQueue small = new HostQueue(4, 100, clock, _ -> true, called::add);
    List<Entry<Boolean>> one = new ArrayList<>();
    List<Entry<Boolean>> other = new ArrayList<>();
    small.runOrQueue(
        binding(1),
        () ->
            small.runOrQueue(
                binding(2),
                () -> {
                  one.add(small.runOrQueue(binding(3), () -> true));
                  other.add(small.runOrQueue(new ResourceID("binding", "team-b"), () -> true));
                  return true;
                }));

    assertThat(one).hasOnlyElementsOfType(Entry.Queued.class);
    assertThat(other).containsExactly(new Entry.Done<>(true));
    assertThat(called).containsExactly(binding(3));
  }

  @Test
  void whoAsksNoHostDoesNotWaitForPlacesOfHosts() {
    full(() -> assertThat(queue.runOrQueue(binding(1), () -> true)).isInstanceOf(Entry.Done.class));
  }

  @Test
  void whoAsksNoHostAnyMoreLeavesTheLineOfTheHost() {
    full(
        () -> {
          turnedAway(1);
          turnedAway(2);
          queue.runOrQueue(binding(1), () -> true);
          turnedAway(3);
        });

    assertThat(called).containsExactly(binding(2), binding(3));
  }

  @Test
  void whoAsksAHostNowLeavesTheLineOfThoseThatAskNone() {
    HostQueue small = new HostQueue(1, 100, clock, _ -> true, called::add);
    ResourceID other = new ResourceID("binding", "team-b");
    small.runOrQueue(
        other,
        () -> {
          assertThat(small.runOrQueue(binding(1), () -> true)).isInstanceOf(Entry.Queued.class);
          assertThat(small.waiting()).isEqualTo(1);
          assertThat(small.runOrQueue(binding(1), HOST, () -> true)).isInstanceOf(Entry.Done.class);
          return true;
        });

    assertThat(called).isEmpty();
    assertThat(small.waiting()).isZero();
  }

  @Test
  void whoAsksNoHostAndIsDeletedAfterTheCallKeepsNoPlace() {
    HostQueue small = new HostQueue(1, 100, clock, _ -> true, called::add);
    small.runOrQueue(
        new ResourceID("binding", "team-b"),
        () -> {
          small.runOrQueue(binding(1), () -> true);
          small.runOrQueue(binding(2), () -> true);
          return true;
        });
    assertThat(called).containsExactly(binding(1));
    small.forget(binding(1));

    assertThat(called).containsExactly(binding(1), binding(2));
  }

  private static void comeWithoutHost(HostQueue queue, int number, List<Entry<Boolean>> entries) {
    if (number == 6) {
      return;
    }
    ResourceID resource = new ResourceID("binding", "team-" + number);
    Runnable next = () -> comeWithoutHost(queue, number + 1, entries);
    Entry<Boolean> entry =
        queue.runOrQueue(
            resource,
            () -> {
              next.run();
              return true;
            });
    entries.add(entry);
    if (entry instanceof Entry.Queued) {
      next.run();
    }
  }

  @Test
  void whoWaitsIsToldHowManyAreAheadAndForHowLongItHasWaited() {
    full(
        () -> {
          turnedAway(1);
          turnedAway(2);
          clock.advance(Duration.ofSeconds(70));
          assertThat(queue.runOrQueue(binding(2), HOST, () -> true))
              .isEqualTo(new Entry.Queued<>(1, Duration.ofSeconds(70)));
          assertThat(queue.runOrQueue(binding(3), HOST, () -> true))
              .isEqualTo(new Entry.Queued<>(2, Duration.ZERO));
        });
  }

  /** Its address was made invalid while it waited, so that the reconciler asks no host for it. */
  @Test
  void whoIsCalledAndDoesNotComeLeavesThePlaceWhenThatIsSaid() {
    comeInVain(1, 2, 3);
    assertThat(called).containsExactly(binding(1), binding(2));
    assertThat(turnedAway(4)).isTrue();
    queue.forget(binding(1));
    queue.forget(binding(2));

    assertThat(called).containsExactly(binding(1), binding(2), binding(3), binding(4));
  }

  /** Its own places are all taken by silent hosts: it must not keep those of a shared one. */
  @Test
  void aNamespaceWithoutPlacesOfItsOwnKeepsNoPlaceOfAHostThatItWasCalledFor() throws Exception {
    List<ResourceID> calls = new CopyOnWriteArrayList<>();
    HostQueue shared = new HostQueue(2, 8, Clock.systemUTC(), _ -> true, calls::add);
    CountDownLatch silence = new CountDownLatch(1);
    AtomicInteger silent = new AtomicInteger();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      Runnable fill =
          () -> {
            shared.runOrQueue(binding(1), HOST, () -> true);
            shared.runOrQueue(binding(2), HOST, () -> true);
            for (int i = 10; i < 30; i++) {
              int number = i;
              Origin origin = new Origin(Scheme.HTTPS, "s" + i + ".example.com", 443);
              threads.execute(
                  () ->
                      shared.runOrQueue(
                          binding(number),
                          origin,
                          () -> {
                            silent.incrementAndGet();
                            awaitUninterruptibly(silence);
                            return true;
                          }));
            }
            // Two of its own are in progress besides.
            Awaitility.await().until(() -> silent.get() == 2 && shared.waiting() == 20);
          };
      shared.runOrQueue(
          binding(101),
          HOST,
          () ->
              shared.runOrQueue(
                  binding(102),
                  HOST,
                  () -> {
                    fill.run();
                    return true;
                  }));
      assertThat(calls).contains(binding(1), binding(2));
      for (ResourceID each : List.of(binding(1), binding(2))) {
        assertThat(shared.runOrQueue(each, HOST, () -> true)).isInstanceOf(Entry.Queued.class);
      }

      assertThat(shared.runOrQueue(new ResourceID("b", "team-b"), HOST, () -> true))
          .isEqualTo(new Entry.Done<>(true));
    } finally {
      silence.countDown();
      threads.close();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ResourceID binding(int number) {
    return new ResourceID("binding-" + number, "team-a");
  }
}
