"""How many random cases the property tests try, and that no test fails because the machine is slow.

`CODESTRAL_TEST_EXAMPLES` raises it for a longer run; the default keeps the tests of a room within seconds.
"""

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("CODESTRAL_TEST_EXAMPLES", "60"))

settings.register_profile(
    "codestral", max_examples=EXAMPLES, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("codestral")
