"""``python -m mycelium.codegen`` is ``mycelium-gen``."""

import sys

from mycelium.codegen.cli import main

sys.exit(main())
