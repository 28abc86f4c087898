"""Settings shared by all tests."""

from hypothesis import settings

# The time of one example says more about the machine than about the code.
settings.register_profile("skgen", deadline=None)
settings.load_profile("skgen")
