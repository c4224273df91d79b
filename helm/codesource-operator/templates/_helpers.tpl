{{/* Names are cut at 63 characters: they stand in labels. */}}
{{- define "codesource.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "codesource.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "codesource.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "codesource.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Where the operator runs. A chart of charts may install this one into another namespace than its own. */}}
{{- define "codesource.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{/* Cluster-wide objects carry the namespace too, so that two releases of one name do not meet. */}}
{{- define "codesource.clusterName" -}}
{{- printf "%s.%s" (include "codesource.namespace" .) (include "codesource.fullname" .) }}
{{- end }}

{{- define "codesource.selectorLabels" -}}
app.kubernetes.io/name: {{ include "codesource.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "codesource.labels" -}}
{{- include "codesource.labelsWith" (dict "root" .) }}
{{- end }}

{{/* The labels of an object: a dict of the root context and "more", the user's own for this object. They win over those for all
objects, and the chart's own win over both, because selectors need them. A key stands once, whoever names it. */}}
{{- define "codesource.labelsWith" -}}
{{- $own := include "codesource.selectorLabels" .root | fromYaml }}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") }}
{{- $_ := set $own "app.kubernetes.io/version" .root.Chart.AppVersion }}
{{- $_ := set $own "app.kubernetes.io/managed-by" .root.Release.Service }}
{{- toYaml (mustMergeOverwrite (dict) .root.Values.commonLabels (default dict .more) $own) }}
{{- end }}

{{/* The labels of a shard's pods: a dict of the root context and the shard's number. Without the versions of the chart and of the
application: a new chart that changes nothing else restarts no pod. */}}
{{- define "codesource.podLabels" -}}
{{- $own := include "codesource.selectorLabels" .root | fromYaml }}
{{- $_ := set $own "app.kubernetes.io/managed-by" .root.Release.Service }}
{{- $_ := set $own "codesource.dev/shard" (toString .shard) }}
{{- toYaml (mustMergeOverwrite (dict) .root.Values.commonLabels .root.Values.podLabels $own) }}
{{- end }}

{{/* The labels of an alert: a dict of "severity" and "more", whose keys win. */}}
{{- define "codesource.alertLabels" -}}
{{- toYaml (mustMergeOverwrite (dict "severity" .severity) (default dict .more)) }}
{{- end }}

{{- define "codesource.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "codesource.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "codesource.image" -}}
{{- $registry := trimSuffix "/" (default .Values.image.registry .Values.global.imageRegistry) }}
{{- $name := ternary (printf "%s/%s" $registry .Values.image.repository) .Values.image.repository (ne $registry "") }}
{{- if .Values.image.digest }}
{{- printf "%s@%s" $name .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" $name (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{/* The Secrets for the image's registry: a list in JSON, each once. Other charts name global ones without a map. */}}
{{- define "codesource.imagePullSecrets" -}}
{{- $secrets := list }}
{{- range concat .Values.global.imagePullSecrets .Values.imagePullSecrets }}
{{- $secrets = append $secrets (ternary (dict "name" .) . (kindIs "string" .)) }}
{{- end }}
{{- uniq $secrets | toJson }}
{{- end }}

{{/* Whether an object of the Prometheus Operator is made: a dict of the root context, the kind and its values. "true" or nothing. */}}
{{- define "codesource.isMonitored" -}}
{{- if .values.enabled }}
{{- if or (not .values.onlyIfCrdExists) (.root.Capabilities.APIVersions.Has (printf "monitoring.coreos.com/v1/%s" .kind)) }}true{{ end }}
{{- end }}
{{- end }}

{{/* The labels of pods and Services with metrics, by the name of their monitor. */}}
{{- define "codesource.monitored" -}}
{{ include "codesource.fullname" . }}:
  {{- include "codesource.selectorLabels" . | nindent 2 }}
{{- if .Values.console.enabled }}
{{ include "codesource.consoleName" . }}:
  {{- include "codesource.consoleSelectorLabels" . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What ServiceMonitor and PodMonitor have in common. */}}
{{- define "codesource.endpoint" -}}
port: management
path: /metrics
interval: {{ .interval }}
{{- with .scrapeTimeout }}
scrapeTimeout: {{ . }}
{{- end }}
# The label namespace of a metric is the binding's; without this it is renamed to exported_namespace.
honorLabels: {{ .honorLabels }}
{{- with .relabelings }}
relabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* How pods are replaced. What belongs to another type is left out: helm merges the user's map into the chart's. */}}
{{- define "codesource.strategy" -}}
type: {{ .type }}
{{- if eq .type "RollingUpdate" }}
{{- with .rollingUpdate }}
rollingUpdate:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* The name of a shard's objects: a dict of the root context and the shard's number. */}}
{{- define "codesource.shardName" -}}
{{- include "codesource.fullname" .root }}{{ if .shard }}-{{ .shard }}{{ end }}
{{- end }}

{{/* The name of the first shard's Lease; the others' have their number behind. */}}
{{- define "codesource.leaseName" -}}
{{- default (include "codesource.fullname" .) .Values.leaderElection.leaseName }}
{{- end }}

{{/* The host of a URL. */}}
{{- define "codesource.hostOf" -}}
{{- urlParse . | dig "host" "" | splitList ":" | first | lower }}
{{- end }}

{{/* What of the operator is published: a map in JSON from each host to its paths. The pages, deliveries and no more: metrics and health
stay inside. It is empty if the console alone is published. */}}
{{- define "codesource.publicPaths" -}}
{{- $paths := dict }}
{{- with .Values.oauth.publicUrl }}
{{- $_ := set $paths (include "codesource.hostOf" .) (list "/authorize" "/callback" "/result") }}
{{- end }}
{{- with .Values.operator.webhook.publicUrl }}
{{- $host := include "codesource.hostOf" . }}
{{- $_ := set $paths $host (append (default list (get $paths $host)) "/webhook") }}
{{- end }}
{{- range $host, $_ := $paths }}
{{- if regexMatch "^[0-9.]+$" $host }}
{{- fail (printf "%s is an address: an Ingress or HTTPRoute needs a name as the host of oauth.publicUrl and operator.webhook.publicUrl" $host) }}
{{- end }}
{{- end }}
{{- if not (or $paths (and .Values.console.enabled .Values.console.publicUrl)) }}
{{- fail "oauth.publicUrl or operator.webhook.publicUrl is needed for an Ingress or HTTPRoute: they say at which host the operator is reached" }}
{{- end }}
{{- toJson $paths }}
{{- end }}

{{/* The ConfigMap in which deliveries are noted; the operator makes the name from that of the Lease in the same way. */}}
{{- define "codesource.deliveries" -}}
{{- include "codesource.leaseName" . }}-deliveries
{{- end }}

{{/* The ports of a setting, as the operator reads them. */}}
{{- define "codesource.ports" -}}
{{- range . }}
{{- $range := splitList "-" (toString .) }}
{{- if or (gt (int (first $range)) (int (last $range))) (gt (int (last $range)) 65535) }}
{{- fail (printf "operator.address: %v is not a port from 1 to 65535, nor a range of them with the lower one first" .) }}
{{- end }}
{{- end }}
{{- join "," . }}
{{- end }}

{{/* Fails for a combination of values that the operator or the API server would refuse later. A schema can neither compute nor say
why, and it shows the value, which may be a password. */}}
{{- define "codesource.check" -}}
{{- include "codesource.checkImage" .Values }}
{{- include "codesource.checkAddress" .Values.operator.address }}
{{- include "codesource.checkDurations" .Values.operator }}
{{- include "codesource.checkProxy" .Values.proxy }}
{{- include "codesource.checkSinks" .Values.operator.sinks }}
{{- include "codesource.checkBuilds" .Values.operator.builds }}
{{- include "codesource.checkConsole" .Values.console }}
{{- if and .Values.serviceMonitor.enabled .Values.podMonitor.enabled }}
{{- fail "enable serviceMonitor or podMonitor, not both: each pod would be scraped twice" }}
{{- end }}
{{- if and .Values.trustBundle.configMap.name .Values.trustBundle.secret.name }}
{{- fail "trustBundle: set configMap.name or secret.name, not both" }}
{{- end }}
{{- if eq (int .Values.service.port) (int .Values.service.managementPort) }}
{{- fail "service: port and managementPort must differ" }}
{{- end }}
{{- if and (eq .Values.dnsPolicy "None") (not .Values.dnsConfig.nameservers) }}
{{- fail "dnsPolicy None needs dnsConfig.nameservers" }}
{{- end }}
{{- with .Values.strategy }}
{{- $update := default dict .rollingUpdate }}
{{- if and (eq .type "RollingUpdate") (has (toString $update.maxSurge) (list "0" "0%")) (has (toString $update.maxUnavailable) (list "0" "0%")) }}
{{- fail "strategy.rollingUpdate: maxSurge and maxUnavailable must not both be 0" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "codesource.checkImage" -}}
{{- if or (contains "://" .image.repository) (contains "@" .image.repository) (regexMatch ":[^/]*$" .image.repository) }}
{{- fail "image.repository must be like registry.example.com/platform/code-source-operator, without scheme, tag and digest; these two belong in image.tag and image.digest" }}
{{- end }}
{{- range $name, $registry := dict "image.registry" .image.registry "global.imageRegistry" .global.imageRegistry }}
{{- if contains "://" $registry }}
{{- fail (printf "%s must be like registry.example.com or registry.example.com:5000, without scheme" $name) }}
{{- end }}
{{- end }}
{{- end }}

{{/* As the operator reads a host: labels of 1 to 63 characters, the last one not like a number; or an IPv4 address. */}}
{{- define "codesource.hostPattern" -}}
{{- $label := "[0-9A-Za-z]([-0-9A-Za-z]{0,61}[0-9A-Za-z])?" }}
{{- printf "((%s\\.)*[A-Za-z]([-0-9A-Za-z]{0,61}[0-9A-Za-z])?|((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))" $label }}
{{- end }}

{{/* Fails for a time that the operator would refuse at its start. */}}
{{- define "codesource.checkDurations" -}}
{{- if lt (int (include "codesource.seconds" .tokens.minimumAge)) 5 }}
{{- fail "operator.tokens.minimumAge must be at least 5s" }}
{{- end }}
{{- range $name := list "connectTimeout" "timeout" }}
{{- if gt (int (include "codesource.seconds" (index $.host $name))) 600 }}
{{- fail (printf "operator.host.%s must be at most 10m" $name) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The whole seconds of a duration such as 1m30s. */}}
{{- define "codesource.seconds" -}}
{{- $start := toDate "2006-01-02" "2000-01-01" }}
{{- sub (mustDateModify . $start | unixEpoch | int64) (unixEpoch $start | int64) }}
{{- end }}

{{- define "codesource.checkProxy" -}}
{{- range $name := list "http" "https" }}
{{- with index $ $name }}
{{- if not (regexMatch (printf "^http://(%s|\\[[0-9A-Fa-f:.]+\\]):[1-9][0-9]{0,4}/?$" (include "codesource.hostPattern" nil)) .) }}
{{- fail (printf "proxy.%s must have the form http://proxy.example.com:3128, without user, password and path; the credentials belong in the Secret that proxy.credentialsSecretName names" $name) }}
{{- end }}
{{- if gt (int (include "codesource.proxyPort" .)) 65535 }}
{{- fail (printf "proxy.%s: the port must be from 1 to 65535" $name) }}
{{- end }}
{{- end }}
{{- end }}
{{- range .noProxy }}
{{- if contains "/" . }}
{{- include "codesource.checkNetwork" (dict "setting" "proxy.noProxy" "network" .) }}
{{- end }}
{{- end }}
{{- if and .credentialsSecretName (not .http) (not .https) }}
{{- fail "proxy.credentialsSecretName needs proxy.http or proxy.https" }}
{{- end }}
{{- end }}

{{/* Fails for sinks that the operator would refuse at its start. */}}
{{- define "codesource.checkSinks" -}}
{{- $names := list }}
{{- range . }}
{{- if has .name $names }}
{{- fail (printf "operator.sinks: two have the name %s" .name) }}
{{- end }}
{{- $names = append $names .name }}
{{- /* An empty oidc is not none: without the check requests would have no access token. */}}
{{- $oidc := default dict .oidc }}
{{- if and (hasKey . "oidc") (eq (empty $oidc.issuer) (empty $oidc.tokenUrl)) }}
{{- fail "operator.sinks: oidc needs issuer or tokenUrl, and not both" }}
{{- end }}
{{- $name := .name }}
{{- range compact (list .url $oidc.issuer $oidc.tokenUrl) }}
{{- if not (regexMatch "^https?://([^][/:]+|\\[[0-9A-Fa-f:.]+\\])(:[1-9][0-9]{0,4})?(/|$)" .) }}
{{- fail (printf "operator.sinks: %s has an address whose host or port is wrong: %s" $name .) }}
{{- end }}
{{- if gt (int (include "codesource.urlPort" .)) 65535 }}
{{- fail (printf "operator.sinks: %s has an address whose port is not from 1 to 65535: %s" $name .) }}
{{- end }}
{{- end }}
{{- if and .oidc (not .secretName) }}
{{- fail (printf "operator.sinks: %s has oidc, so it needs secretName, a Secret with client_id and client_secret" .name) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Fails for an image or an account that the operator would refuse at its start. */}}
{{- define "codesource.checkBuilds" -}}
{{- if has "default" .serviceAccountNames }}
{{- fail "operator.builds.serviceAccountNames: every pod that names no account has default, and could create builds; use one that is for builds alone, such as codesource-builder" }}
{{- end }}
{{- if or (contains "://" .buildkitImage) (not (regexMatch "^[A-Za-z0-9][A-Za-z0-9._:/@-]*$" .buildkitImage)) }}
{{- fail "operator.builds.buildkitImage must be like moby/buildkit:v0.32.0-rootless, without scheme" }}
{{- end }}
{{- end }}

{{/* The port of a URL. */}}
{{- define "codesource.urlPort" -}}
{{- $url := urlParse . }}
{{- default (ternary "443" "80" (eq $url.scheme "https")) (trimPrefix ":" (regexFind ":[0-9]+$" $url.host)) }}
{{- end }}

{{- define "codesource.proxyPort" -}}
{{- regexFind "[0-9]+$" (trimSuffix "/" .) }}
{{- end }}

{{/* Fails for a network or host that the operator would refuse at its start. */}}
{{- define "codesource.checkAddress" -}}
{{- range concat .allowedCidrs .deniedCidrs .denyClusterNetworks }}
{{- include "codesource.checkNetwork" (dict "setting" "operator.address" "network" .) }}
{{- end }}
{{- range concat .allowedHosts .deniedHosts }}
{{- if and (contains ":" .) (not (contains "." .)) (not (include "codesource.hexDigits" .)) }}
{{- fail (printf "operator.address: %s is not an IPv6 address" .) }}
{{- end }}
{{- end }}
{{- range .deniedHosts }}
{{- if or (contains ":" .) (regexMatch "^[0-9.]+$" .) }}
{{- fail (printf "operator.address.deniedHosts: %s is an address; it belongs in operator.address.deniedCidrs, as %s/%s" . . (ternary "128" "32" (contains ":" .))) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Fails for a network without a prefix, or with bits behind it: a dict of the setting and the network. */}}
{{- define "codesource.checkNetwork" -}}
{{- $network := .network }}
{{- $parts := splitList "/" $network }}
{{- if ne (len $parts) 2 }}
{{- fail (printf "%s: %s is not a network; write its prefix behind it, or /%s for one address" .setting $network (ternary "128" "32" (contains ":" $network))) }}
{{- end }}
{{- $digits := "" }}
{{- if contains ":" $network }}
{{- $digits = include "codesource.hexDigits" (first $parts) }}
{{- else }}
{{- range splitList "." (first $parts) }}
{{- $digits = print $digits (printf "%02x" (int .)) }}
{{- end }}
{{- end }}
{{- if not $digits }}
{{- fail (printf "%s: %s is not a network" .setting $network) }}
{{- end }}
{{- $prefix := int (last $parts) }}
{{- $zero := index (list "0" "[08]" "[048c]" "[02468ace]") (mod $prefix 4) }}
{{- $rest := substr (int (div $prefix 4)) (len $digits) $digits }}
{{- if and $rest (not (regexMatch (printf "^%s0*$" $zero) $rest)) }}
{{- fail (printf "%s: the network %s has bits set after its prefix; write the first address of the network, or the address with /%d" .setting $network (mul 4 (len $digits))) }}
{{- end }}
{{- end }}

{{/* The 32 digits of an IPv6 address; nothing if it is none. */}}
{{- define "codesource.hexDigits" -}}
{{- $halves := splitList "::" (lower .) }}
{{- $before := splitList ":" (first $halves) }}
{{- $after := list }}
{{- if gt (len $halves) 1 }}
{{- $before = ternary (list) $before (eq (first $halves) "") }}
{{- $after = ternary (list) (splitList ":" (last $halves)) (eq (last $halves) "") }}
{{- end }}
{{- $missing := int (sub 8 (add (len $before) (len $after))) }}
{{- $valid := and (le (len $halves) 2) (ternary (gt $missing 0) (eq $missing 0) (gt (len $halves) 1)) }}
{{- $digits := "" }}
{{- range $before }}
{{- if not (regexMatch "^[0-9a-f]{1,4}$" .) }}{{ $valid = false }}{{ else }}{{ $digits = print $digits (repeat (int (sub 4 (len .))) "0") . }}{{ end }}
{{- end }}
{{- if $valid }}
{{- $digits = print $digits (repeat (int (mul 4 $missing)) "0") }}
{{- end }}
{{- range $after }}
{{- if not (regexMatch "^[0-9a-f]{1,4}$" .) }}{{ $valid = false }}{{ else }}{{ $digits = print $digits (repeat (int (sub 4 (len .))) "0") . }}{{ end }}
{{- end }}
{{- if $valid }}{{ $digits }}{{ end }}
{{- end }}

{{/* The networks that the administrator refuses, as a list in JSON. */}}
{{- define "codesource.deniedCidrs" -}}
{{- uniq (concat .deniedCidrs .denyClusterNetworks) | toJson }}
{{- end }}

{{/* Where clouds answer a node's questions, outside the link-local networks; the operator refuses them by itself too. */}}
{{- define "codesource.metadataCidrs" -}}
{{- list "168.63.129.16/32" "100.100.100.200/32" "192.0.0.192/32" "fd00:ec2::/32" "fd20:ce::254/128" "fd00:c1::a9fe:a9fe/128" "fd00:100::100:200/128" "fd00:42::42/128" "fd00:a9fe:a9fe::1/128" | toJson }}
{{- end }}

{{/* What the operator does in each namespace that it works in, and nothing else. */}}
{{- define "codesource.rules" -}}
# The comments that begin with -- are the table of permissions in README.md.
# -- An informer of the bindings.
- apiGroups: [codesource.dev]
  resources: [codesourcebindings]
  verbs: [list, watch]
# -- The OAuth pages read the binding that they are for.
- apiGroups: [codesource.dev]
  resources: [codesourcebindings]
  verbs: [get]
# -- The finalizers of `spec.deployToken` and `spec.deletionPolicy: Revoke`: tokens are deleted or revoked on the code host before
# their binding is deleted; the annotation that says how the last authorization failed. RBAC cannot restrict by field.
- apiGroups: [codesource.dev]
  resources: [codesourcebindings]
  verbs: [patch]
# -- The status, by server-side apply.
- apiGroups: [codesource.dev]
  resources: [codesourcebindings/status]
  verbs: [patch]
# -- An informer of the triggers.
- apiGroups: [codesource.dev]
  resources: [codesourcetriggers]
  verbs: [list, watch]
# -- The finalizer of triggers with a webhook, which is deleted on the code host before its last trigger is. RBAC cannot restrict by field.
- apiGroups: [codesource.dev]
  resources: [codesourcetriggers]
  verbs: [get, patch]
# -- The status, by server-side apply.
- apiGroups: [codesource.dev]
  resources: [codesourcetriggers/status]
  verbs: [patch]
# -- Informers of the Secrets of the types `codesource.dev/token` and `codesource.dev/oauth-client`, and of published ones, which have
# the label `codesource.dev/published-for`. RBAC cannot restrict by type or label.
- apiGroups: [""]
  resources: [secrets]
  verbs: [list, watch]
# -- `spec.publish`: the operator writes and deletes Secrets that a binding owns, and no others. `spec.oauth`, `spec.deployToken` and
# GitHub Apps: the operator stores the tokens and flows of a binding. Triggers: it stores the branches and tags that were seen, and webhooks.
- apiGroups: [""]
  resources: [secrets]
  verbs: [create, patch, delete]
# -- The certificates that `spec.tls.caConfigMapRef` names.
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get]
# -- An Event for each transition.
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create]
{{- if .Values.operator.builders }}
{{- $constrained := include "codesource.isConstrained" . }}
{{- $accounts := .Values.operator.builds.serviceAccountNames }}
{{- /* A rule without names is for all; the schema wants a name. */}}
{{- if not $accounts }}
{{- fail "operator.builds.serviceAccountNames must have a name: without one the operator could act as every ServiceAccount" }}
{{- end }}
{{- /* In quotes: null, true and 123 are names too. */}}
{{- $names := toJson $accounts }}
# -- `operator.builders`: whether the ServiceAccount of builds exists. Only those of `operator.builds.serviceAccountNames`.
- apiGroups: [""]
  resources: [serviceaccounts]
  resourceNames: {{ $names }}
  verbs: [get]
{{- if $constrained }}
# -- `operator.builders`: builds are created as the ServiceAccount of their namespace, by constrained impersonation: as the accounts of
# `operator.builds.serviceAccountNames`, and only for what the rows below say.
- apiGroups: [authentication.k8s.io]
  resources: [serviceaccounts]
  resourceNames: {{ $names }}
  verbs: [impersonate:serviceaccount]
{{- else }}
# -- `operator.builders` before Kubernetes 1.36, or without `rbac.constrainedImpersonation`: builds are created as the ServiceAccount of
# their namespace. Only as the accounts of `operator.builds.serviceAccountNames`, but for everything that they may.
- apiGroups: [""]
  resources: [serviceaccounts]
  resourceNames: {{ $names }}
  verbs: [impersonate]
{{- end }}
{{- $runs := include "codesource.runs" . | fromYaml }}
{{- range $builder := .Values.operator.builders }}
{{- with index $runs $builder }}
# -- `operator.builders` with {{ $builder }}: an informer of the builds that the operator has created. RBAC cannot restrict by label.
- apiGroups: [{{ .group }}]
  resources: [{{ join ", " .resources }}]
  verbs: [get, list, watch]
{{- if $constrained }}
# -- `operator.builders` with {{ $builder }}, as the ServiceAccount of builds, if that may: a build is created{{ if has "patch" .verbs }}, cancelled{{ end }} and deleted.
- apiGroups: [{{ .group }}]
  resources: [{{ join ", " .resources }}]
  verbs: [impersonate-on:serviceaccount:{{ join ", impersonate-on:serviceaccount:" .verbs }}]
{{- if .readsPods }}
# -- `operator.builders` with {{ $builder }}, as the ServiceAccount of builds, if that may: the digest of the image, which the status of the pod has.
- apiGroups: [""]
  resources: [pods]
  verbs: [impersonate-on:serviceaccount:list]
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* By builder: the resources of its builds, what the operator does to them as the ServiceAccount of builds, and whether it reads
their pods as this account. A build is cancelled by a change if there is patch, else by its deletion. The client reads an object before
it changes it, hence get. */}}
{{- define "codesource.runs" -}}
Tekton:
  group: tekton.dev
  resources: [pipelineruns, taskruns]
  verbs: [create, get, patch, delete]
  readsPods: false
Shipwright:
  group: shipwright.io
  resources: [buildruns]
  verbs: [create, get, patch, delete]
  readsPods: false
Kpack:
  group: kpack.io
  resources: [builds]
  verbs: [create, delete]
  readsPods: false
BuildKit:
  group: batch
  resources: [jobs]
  verbs: [create, delete]
  readsPods: true
{{- end }}

{{/* Whether the API server limits for what the operator acts as another account. "true" or nothing. */}}
{{- define "codesource.isConstrained" -}}
{{- $wanted := .Values.rbac.constrainedImpersonation }}
{{- if kindIs "invalid" $wanted }}{{ $wanted = semverCompare ">=1.36.0-0" .Capabilities.KubeVersion.Version }}{{ end }}
{{- if $wanted }}true{{ end }}
{{- end }}

{{/* The name of the console's objects. */}}
{{- define "codesource.consoleName" -}}
{{- printf "%s-console" (include "codesource.fullname" . | trunc 55 | trimSuffix "-") }}
{{- end }}

{{/* Not the operator's: its Service must not lead to the console's pods. */}}
{{- define "codesource.consoleSelectorLabels" -}}
app.kubernetes.io/name: {{ include "codesource.name" . | trunc 55 | trimSuffix "-" }}-console
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* The labels of the console's objects. */}}
{{- define "codesource.consoleLabels" -}}
{{- toYaml (mustMergeOverwrite (dict) (include "codesource.labels" . | fromYaml) (include "codesource.consoleSelectorLabels" . | fromYaml)) }}
{{- end }}

{{/* The labels of the console's pods; as those of the operator's, without versions. */}}
{{- define "codesource.consolePodLabels" -}}
{{- $own := include "codesource.consoleSelectorLabels" . | fromYaml }}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service }}
{{- toYaml (mustMergeOverwrite (dict) .Values.commonLabels .Values.console.podLabels $own) }}
{{- end }}

{{/* The Secret with the key of the console's sessions. */}}
{{- define "codesource.sessionKeySecret" -}}
{{- default (printf "%s-session" (include "codesource.consoleName" .)) .Values.console.sessionKeySecretName }}
{{- end }}

{{/* Fails for a console that nobody could log in to. */}}
{{- define "codesource.checkConsole" -}}
{{- if .enabled }}
{{- if ne (empty .oidc.issuer) (empty .oidc.clientId) }}
{{- fail "console.oidc needs issuer and clientId, or neither" }}
{{- end }}
{{- if and (not .oidc.issuer) (or .oidc.clientSecretName .oidc.caConfigMapName) }}
{{- fail "console.oidc.clientSecretName and caConfigMapName need console.oidc.issuer" }}
{{- end }}
{{- if and .oidc.exchange.audience (not .oidc.issuer) }}
{{- fail "console.oidc.exchange.audience needs console.oidc.issuer: the provider exchanges the token" }}
{{- end }}
{{- if and .oidc.exchange.scopes (not .oidc.exchange.audience) }}
{{- fail "console.oidc.exchange.scopes need console.oidc.exchange.audience: without it no token is exchanged" }}
{{- end }}
{{- end }}
{{- end }}
