"""Main: where the command `llm-models` begins. Ctrl-C while its modules are imported prints no traceback either."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; see `llm_models.cli.main`."""
    try:
        from llm_models import cli

        cli.main()
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
