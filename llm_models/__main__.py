"""Main: where the command `llm-models` begins. What interrupts it prints no traceback and leaves no temporary file."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; see `llm_models.cli.main`."""
    stopped_by: list[int] = []
    try:
        _watch(stopped_by)
        from llm_models import cli

        cli.main()
    except KeyboardInterrupt:  # while modules are imported
        if sys.stderr is not None:
            sys.stderr.write("interrupted\n")
    except SystemExit:
        if not stopped_by:
            raise
    sys.exit(128 + stopped_by[0] if stopped_by else 130)


def _watch(stopped_by: list[int]) -> None:
    """Let the signals that end a process interrupt it as Ctrl-C does. The first of them is kept in the list."""
    import signal

    def stop(number: int, _: object) -> None:
        if not stopped_by:  # another one must not interrupt what the first one started
            stopped_by.append(number)
            raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # `nohup` ignores SIGHUP
            signal.signal(number, stop)


if __name__ == "__main__":
    main()
