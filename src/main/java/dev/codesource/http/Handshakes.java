package dev.codesource.http;

import dev.codesource.address.Origin;
import dev.codesource.http.limit.FairBulkhead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * Shares the threads of handshakes among namespaces. One connection serves several namespaces, so a
 * handshake counts for one of those that wait for its host, the one with the fewest in progress.
 * One namespace gets half of the threads at most. A handshake that waits does so within the time
 * for a connection.
 */
final class Handshakes {

  /** Of handshakes whose requests have been given up. */
  private static final List<String> NOBODY = List.of("");

  private final FairBulkhead turns = new FairBulkhead(HostThreads.HANDSHAKES);

  /** The namespaces with requests under way, by host and port; one stands for each request. */
  private final Map<String, List<String>> asking = new HashMap<>();

  /** Says that a request of a namespace is under way, until it is closed. */
  final class Asking implements AutoCloseable {
    private final String tenant;
    private final String endpoint;

    private Asking(String tenant, String endpoint) {
      this.tenant = tenant;
      this.endpoint = endpoint;
    }

    @Override
    public void close() {
      synchronized (asking) {
        List<String> tenants = asking.getOrDefault(endpoint, new ArrayList<>());
        tenants.remove(tenant);
        if (tenants.isEmpty()) {
          asking.remove(endpoint);
        }
      }
    }
  }

  /** Notes that a namespace sends a request to a host. */
  Asking asks(String tenant, Origin origin) {
    String endpoint = endpoint(origin.host(), origin.port());
    synchronized (asking) {
      asking.computeIfAbsent(endpoint, _ -> new ArrayList<>()).add(tenant);
    }
    return new Asking(tenant, endpoint);
  }

  /** Runs the tasks of a host's handshake on these threads, each when its turn has come. */
  Executor inTurn(String host, int port, Executor threads) {
    return task -> turns.execute(waitingFor(host, port), threads, task);
  }

  private List<String> waitingFor(String host, int port) {
    synchronized (asking) {
      return List.copyOf(asking.getOrDefault(endpoint(host, port), NOBODY));
    }
  }

  private static String endpoint(String host, int port) {
    return host + ":" + port;
  }
}
