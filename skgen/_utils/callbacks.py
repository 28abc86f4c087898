"""Progress of fits, reported to scikit-learn's callbacks."""

from contextlib import contextmanager, nullcontext


class Tracker:
    """Iterates over the steps of a fit and reports each to the callbacks."""

    def __init__(self, estimator, context, X, y):
        self.estimator = estimator
        self.context = context
        self.data = {"X": X, "y": y}

    def __call__(self, items, names):
        """Yield the items until they end or a callback asks to stop."""
        items = iter(items)
        try:
            for name in names:
                task = self.context.subcontext(task_name=name)
                task.call_on_fit_task_begin(estimator=self.estimator, **self.data)
                # a lazy iterator works on the step here
                yield next(items)
                if task.call_on_fit_task_end(estimator=self.estimator, **self.data):
                    return
        finally:
            # stops workers whose results are not needed any more
            if hasattr(items, "close"):
                items.close()


@contextmanager
def fit_task(context, task_name, component, **data):
    """Report the fit of a component as a new task of the callback context.

    Parameters
    ----------
    context : object
        Callback context of the fit of the whole estimator.
    task_name : str
    component : estimator
        Fitted within the ``with`` block. Its own steps are reported if it supports
        callbacks.
    **data
        ``estimator``, the whole estimator, and what it is fitted to.
    """
    with reporting(context.subcontext(task_name=task_name), component, **data):
        yield


@contextmanager
def reporting(task, component, **data):
    """Report the fit of a component as a task that exists already."""
    inside = nullcontext()
    if hasattr(component, "set_callbacks"):
        inside = task.propagate_callback_context(component)
    # any other component, such as Ridge, is reported as one step. scikit-learn would
    # warn that it does not support callbacks, which is of no use here
    with inside:
        task.call_on_fit_task_begin(**data)
        yield
        # a callback can stop a component's fit early, but not skip the component
        task.call_on_fit_task_end(**data)


def parallel_tasks(context, names, **options):
    """Callback contexts of tasks that run in parallel."""
    return [
        context.subcontext(task_name=name, task_id=number, **options)
        for number, name in enumerate(names)
    ]


def estimator_for_workers(estimator):
    """The estimator that workers report to callbacks; None without callbacks.

    It is then not copied to other processes.
    """
    return estimator if hasattr(estimator, "_skl_callbacks") else None
