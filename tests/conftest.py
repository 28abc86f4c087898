"""Settings shared by all tests."""

import os

import pytest
from hypothesis import settings

# Tests run side by side: threads inside each would only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# The time of one example says more about the machine than about the code.
settings.register_profile("skgen", deadline=None)
settings.load_profile("skgen")


class Recording:
    """Callback that writes down what happens, down to some depth."""

    def __init__(self, max_propagation_depth=None):
        self.events = []
        self.max_propagation_depth = max_propagation_depth

    def setup(self, estimator, context):
        self.events.append(("setup", type(estimator).__name__))

    def teardown(self, estimator, context):
        self.events.append(("teardown", type(estimator).__name__))

    def on_fit_task_begin(self, estimator, context):
        name = context.source_task_name or context.task_name
        self.events.append(("begin", type(estimator).__name__, name))

    def on_fit_task_end(self, estimator, context):
        name = context.source_task_name or context.task_name
        self.events.append(("end", type(estimator).__name__, name))


@pytest.fixture
def make_recording():
    return Recording
