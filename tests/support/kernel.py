"""Start a notebook's kernel in the working directory, as Jupyter does, and run the code in the argument in it."""

from __future__ import annotations

import sys

from jupyter_client.manager import start_new_kernel

if __name__ == "__main__":
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        client.execute_interactive(sys.argv[1], timeout=60)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
