package dev.codesource.bench;

import java.time.Duration;
import java.util.Map;

/**
 * A start with nothing proven, up to the last Bound. Times are from the start of the process to the
 * API server's answer to a status write.
 *
 * @param hostConcurrency the setting
 * @param mostInFlight what the code host saw at once
 * @param requests to the API server, all of them, by kind
 * @param peakRss of the largest process, in bytes, as {@code rss}
 * @param heap what lives on after a collection, in bytes
 */
record ColdStart(
    int bindings,
    int processes,
    Duration latency,
    int hostConcurrency,
    Duration firstBound,
    Duration allBound,
    long statusWrites,
    Map<String, Long> requests,
    int hostRequests,
    int mostInFlight,
    double cpuSeconds,
    long peakRss,
    long rss,
    long heap) {

  double rate() {
    return bindings / Fleet.seconds(allBound);
  }
}
