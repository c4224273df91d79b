package dev.codesource.http.limit;

import dev.codesource.address.SiteUrl;

/**
 * Who asks a code host, and at which site. Permits belong to the site's host. Failures belong to
 * the site, and to the tenant until another tenant meets them too.
 *
 * @param tenant the namespace
 * @param site the host, and the path below which it is asked
 */
public record Caller(String tenant, SiteUrl site) {}
