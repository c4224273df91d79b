package dev.codesource.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The Events that wait to be written. Namespaces take turns. When the queue is full, the newest
 * Events of the namespace that fills most of it are dropped, so that one namespace cannot push out
 * the Events of another.
 */
final class EventQueue {

  /** What an Event takes besides its note. */
  private static final int OVERHEAD = 600;

  private final int most;

  /** By namespace; the first one is next. */
  private final SequencedMap<String, NamespaceQueue> queues = new LinkedHashMap<>();

  private int size;
  private int length;

  /** The Events of one namespace. */
  private static final class NamespaceQueue {
    private final Deque<PendingEvent> events = new ArrayDeque<>();
    private int length;
  }

  /**
   * An empty queue.
   *
   * @param most how long the notes may be together, in characters, with {@value #OVERHEAD} more for
   *     each Event
   */
  EventQueue(int most) {
    this.most = most;
  }

  /**
   * Adds an Event.
   *
   * @return those that were dropped to make room, perhaps the same; a long one may take the room of
   *     several
   */
  synchronized List<PendingEvent> add(PendingEvent event) {
    NamespaceQueue queue = queues.computeIfAbsent(namespace(event), _ -> new NamespaceQueue());
    queue.events.addLast(event);
    changed(queue, event, 1);
    notifyAll();
    List<PendingEvent> dropped = new ArrayList<>();
    while (length > most) {
      dropped.add(dropNewest());
    }
    return dropped;
  }

  private PendingEvent dropNewest() {
    NamespaceQueue longest =
        queues.values().stream().max(Comparator.comparingInt(queue -> queue.length)).orElseThrow();
    PendingEvent newest = longest.events.removeLast();
    changed(longest, newest, -1);
    if (longest.events.isEmpty()) {
      queues.remove(namespace(newest));
    }
    return newest;
  }

  /** Waits for an Event, and takes it. */
  synchronized PendingEvent take() throws InterruptedException {
    while (queues.isEmpty()) {
      wait();
    }
    var next = queues.pollFirstEntry();
    NamespaceQueue queue = next.getValue();
    PendingEvent event = queue.events.removeFirst();
    changed(queue, event, -1);
    if (!queue.events.isEmpty()) {
      queues.putLast(next.getKey(), queue);
    }
    return event;
  }

  synchronized int size() {
    return size;
  }

  private void changed(NamespaceQueue queue, PendingEvent event, int sign) {
    int weight = sign * (OVERHEAD + event.note().length());
    queue.length += weight;
    length += weight;
    size += sign;
  }

  private static String namespace(PendingEvent event) {
    return event.regarding().getNamespace();
  }
}
