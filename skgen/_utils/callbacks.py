"""scikit-learn's callbacks, told of the steps of a fit."""

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
                # the work of the step may be done right here
                yield next(items)
                if task.call_on_fit_task_end(estimator=self.estimator, **self.data):
                    return
        finally:
            # ends what works at items that nobody will ask for
            if hasattr(items, "close"):
                items.close()


@contextmanager
def subtask(context, task_name, part, **data):
    """Tell the callbacks of the fit of a part, and let them into it.

    Parameters
    ----------
    context : object
        That of the whole's `fit`.
    task_name : str
    part : estimator
        Fitted within the ``with`` block.
    **data
        ``estimator``, the whole, and what it is fitted to.
    """
    with told(context.subcontext(task_name=task_name), part, **data):
        yield


@contextmanager
def told(task, part, **data):
    """The same for a task that is there already."""
    inside = nullcontext()
    if hasattr(part, "set_callbacks"):
        inside = task.propagate_callback_context(part)
    # any other part, Ridge say, is told of as one step: that its own steps are not
    # known is nothing to warn of, as scikit-learn would
    with inside:
        task.call_on_fit_task_begin(**data)
        yield
        # a callback can stop what a part does, but not leave a part out
        task.call_on_fit_task_end(**data)


def fit_part(part, task, whole, X, **params):
    """Fit a part of a whole, where and when it is its turn.

    Parameters
    ----------
    part : estimator
        Fitted in place.
    task : object
        Context of this fit, made before the work is shared out.
    whole : estimator or None
        From `told_to_workers`.
    X : table
    **params
        Of the fit.

    Returns
    -------
    part : estimator
    """
    with told(task, part, estimator=whole, X=X):
        part.fit(X, **params)
    return part


def parallel_tasks(context, names, **options):
    """Contexts of tasks that are worked on at once."""
    return [
        context.subcontext(task_name=name, task_id=number, **options)
        for number, name in enumerate(names)
    ]


def told_to_workers(whole):
    """What workers tell callbacks is fitted: nobody, if there are none to be told."""
    return whole if hasattr(whole, "_skl_callbacks") else None
