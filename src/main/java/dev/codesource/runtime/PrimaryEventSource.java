package dev.codesource.runtime;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reports every change of a primary resource, its deletion included. Not all of these changes lead
 * to a reconciliation. It starts a reconciliation only when {@link #reconcile} is called.
 */
public final class PrimaryEventSource<P extends HasMetadata> extends AbstractEventSource<P, P>
    implements ResourceEventAware<P> {

  private final Consumer<P> onChange;
  private final Consumer<P> onDelete;

  public PrimaryEventSource(
      Class<P> type, String name, Consumer<P> onChange, Consumer<P> onDelete) {
    super(type, name);
    this.onChange = onChange;
    this.onDelete = onDelete;
  }

  /** Starts a reconciliation of the resource. */
  public void reconcile(ResourceID resource) {
    getEventHandler().handleEvent(new Event(resource));
  }

  @Override
  public void onResourceCreated(P resource) {
    onChange.accept(resource);
  }

  @Override
  public void onResourceUpdated(P resource, P before) {
    onChange.accept(resource);
  }

  @Override
  public void onResourceDeleted(P resource) {
    onDelete.accept(resource);
  }

  @Override
  public Set<P> getSecondaryResources(P primary) {
    return Set.of();
  }
}
