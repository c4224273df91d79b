# Needs a JDK of at least 25, Maven, and for `test`, `demo` and `bench` one of: Go, Docker, a cluster (see `make help`).

# The first JDK that is new enough and has a compiler; every JDK says its version in its file "release".
JAVA_HOME := $(shell \
  fitting() { [ -x "$$1/bin/javac" ] && [ "$$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$$1/release" 2>/dev/null || echo 0)" -ge 25 ] 2>/dev/null; }; \
  on_path=$$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.home = //p'); \
  for home in "$$JAVA_HOME" /usr/lib/jvm/* "$$HOME"/.sdkman/candidates/java/* /opt/* /Library/Java/JavaVirtualMachines/*/Contents/Home "$$on_path"; do \
    if fitting "$$home"; then echo "$$home"; break; fi; \
  done)
export JAVA_HOME

MVN := mvn -B
# Test classes run in two JVMs at once, each with a cluster of its own; a given cluster is one.
FORKS := $(if $(CODESOURCE_KUBECONFIG),-Dtest.forks=1)
JAVA := $(JAVA_HOME)/bin/java
# As in the tests: the JDK would warn of Netty, Quarkus of the logging of a JVM that it did not start.
JAVA_OPTIONS := -XX:+UseSerialGC --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED \
  -Djava.util.logging.manager=org.jboss.logmanager.LogManager
APPLICATION := target/quarkus-app/quarkus-run.jar
# Written by `testable`.
CLASSPATH = target/test-classes:target/classes:$$(cat target/test-classpath)

# A unit test needs no packaged operator. (A # inside of a function would begin a comment.)
hash := \#
TEST_GOAL = $(if $(filter %Test,$(firstword $(subst $(hash), ,$(TEST)))),test,verify)

.DEFAULT_GOAL := help
.PHONY: help build test test-builders demo run bench image-layout plugin sbom format clean jdk testable

help: ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 26
	@echo
	@echo "  make test TEST=ChildProcessTest    one class; TEST='Foo*' or TEST=Foo#method work too"
	@echo
	@echo "Tests and the demo use, in this order, the cluster of CODESOURCE_KUBECONFIG (they act as its administrator),"
	@echo "the programs in KUBEBUILDER_ASSETS, k3s if Docker answers, or a control plane built with Go (once, about 10 minutes)."

build: jdk ## Build the operator into target/quarkus-app
	$(MVN) -q package -Dmaven.test.skip=true
	@echo "Built $(APPLICATION)"

test: jdk ## Run all tests, or the tests in TEST
	@rm -rf target/surefire-reports target/failsafe-reports
ifdef TEST
	$(MVN) $(FORKS) $(TEST_GOAL) '-Dtest=$(TEST),!*IT' '-Dit.test=$(TEST),!*Test' -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
	@src/test/summary || { echo "No test is called $(TEST). (BuildersIT runs with make test-builders.)" >&2; exit 1; }
else
	@CLUSTER_BIN=$$(src/test/cluster/binaries tests) && export CLUSTER_BIN && set -x && $(MVN) $(FORKS) verify
endif

test-builders: jdk ## Test with the real Tekton, Shipwright and kpack (built once, about 30 minutes)
	@rm -rf target/surefire-reports target/failsafe-reports
	@CLUSTER_BIN=$$(src/test/cluster/binaries builders) && export CLUSTER_BIN && set -x && $(MVN) verify '-Dtest=BuildersIT,!*IT' -Dit.test=BuildersIT -Dtest.excluded= -Dsurefire.failIfNoSpecifiedTests=false
	@src/test/summary

demo: testable ## Run the operator with sample bindings on a local cluster
	@CLUSTER_BIN=$$(src/test/cluster/binaries) && export CLUSTER_BIN && exec "$(JAVA)" $(JAVA_OPTIONS) -cp "$(CLASSPATH)" dev.codesource.demo.Demo

bench: testable ## Measure the operator; BENCH=full takes half an hour, BENCH=node measures a pod (see docs/benchmarks.md)
	@export BENCH="$(BENCH)" SIZES="$(SIZES)" MAIN="$(MAIN)" && CLUSTER_BIN=$$(src/test/cluster/binaries) && export CLUSTER_BIN && exec "$(JAVA)" $(JAVA_OPTIONS) -cp "$(CLASSPATH)" $(if $(filter node,$(BENCH)),dev.codesource.node.PodMemory,dev.codesource.bench.Bench)

image-layout: testable ## Create the image's files in target/image, with an AOT cache
	@src/main/docker/layout
	@CLUSTER_BIN=$$(src/test/cluster/binaries) && export CLUSTER_BIN && exec "$(JAVA)" $(JAVA_OPTIONS) -cp "$(CLASSPATH)" dev.codesource.bench.Training

# Where the archive of the plug-in will be downloaded from.
PLUGIN_URI := https://example.com/code-source-operator/releases

plugin: build ## Make the archive of kubectl codesource for this machine, and its manifest for krew, in target/plugin
	@src/main/plugin/archive "$(PLUGIN_URI)"

sbom: jdk ## Write the SBOM (CycloneDX) to target/bom.json
	$(MVN) -q cyclonedx:makeBom

run: build ## Run the operator against the current kubeconfig
	@exec "$(JAVA)" -jar $(APPLICATION)

format: jdk ## Format the sources
	$(MVN) -q spotless:apply

clean: ## Delete target; the cache of the cluster's programs is kept
	rm -rf target

testable: jdk
	@echo "==> Building the operator and the tests, without output; the first time this takes minutes …"
	$(MVN) -q package -DskipTests dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/test-classpath

jdk:
	@[ -n "$(JAVA_HOME)" ] || { echo "A JDK of at least 25 is needed, for example https://adoptium.net. If there is one, set JAVA_HOME to it." >&2; exit 1; }
	@command -v mvn >/dev/null || { echo "Maven is needed: https://maven.apache.org/install.html" >&2; exit 1; }
