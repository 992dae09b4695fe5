"""How many random cases the property tests of this folder try.

`CODESTRAL_TEST_EXAMPLES` raises it for a longer run; the default keeps the whole folder within seconds.
"""

import os

from hypothesis import settings

EXAMPLES = int(os.environ.get("CODESTRAL_TEST_EXAMPLES", "60"))

settings.register_profile("codestral", max_examples=EXAMPLES, deadline=None, print_blob=True)
settings.load_profile("codestral")
