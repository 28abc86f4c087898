"""scikit-learn's callbacks, told of the steps of a fit."""


class Tracker:
    """Iterates over the steps of a fit and reports each to the callbacks."""

    def __init__(self, estimator, context, X, y):
        self.estimator = estimator
        self.context = context
        self.data = {"X": X, "y": y}

    def __call__(self, items, names):
        """Yield the items until they end or a callback asks to stop."""
        items = iter(items)
        for name in names:
            task = self.context.subcontext(task_name=name)
            task.call_on_fit_task_begin(estimator=self.estimator, **self.data)
            # the work of the step may be done right here
            yield next(items)
            if task.call_on_fit_task_end(estimator=self.estimator, **self.data):
                return
