"""``python -m petition_nlp``."""

import sys

from petition_nlp.cli import main

if __name__ == "__main__":
    sys.exit(main())
