package dev.codesource.binding;

import dev.codesource.api.CodeSourceBinding;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Hears of every change of a binding by others, its deletion included, which do not all wake the
 * reconciler. Wakes it only when told to.
 */
final class BindingEventSource extends AbstractEventSource<CodeSourceBinding, CodeSourceBinding>
    implements ResourceEventAware<CodeSourceBinding> {

  private final Consumer<CodeSourceBinding> onChange;
  private final Consumer<CodeSourceBinding> onDelete;

  BindingEventSource(
      String name, Consumer<CodeSourceBinding> onChange, Consumer<CodeSourceBinding> onDelete) {
    super(CodeSourceBinding.class, name);
    this.onChange = onChange;
    this.onDelete = onDelete;
  }

  /** Has a binding reconciled. */
  void wake(ResourceID binding) {
    getEventHandler().handleEvent(new Event(binding));
  }

  @Override
  public void onResourceCreated(CodeSourceBinding binding) {
    onChange.accept(binding);
  }

  @Override
  public void onResourceUpdated(CodeSourceBinding binding, CodeSourceBinding before) {
    onChange.accept(binding);
  }

  @Override
  public void onResourceDeleted(CodeSourceBinding binding) {
    onDelete.accept(binding);
  }

  @Override
  public Set<CodeSourceBinding> getSecondaryResources(CodeSourceBinding primary) {
    return Set.of();
  }
}
