"""`python -m codestral_lsp` is `codestral-lsp`."""

import sys

from codestral_lsp.cli import main

sys.exit(main())
