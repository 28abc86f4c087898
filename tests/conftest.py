"""Settings shared by all tests."""

import os

from hypothesis import settings

# Tests run side by side: threads inside each would only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# The time of one example says more about the machine than about the code.
settings.register_profile("skgen", deadline=None)
settings.load_profile("skgen")
