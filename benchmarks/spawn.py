"""Run one command and print, in JSON, its wall time, its processor time, and its peak memory in bytes.

It stays this small because the kernel counts the memory of the process that starts another as the other's
until it has begun: a large starter would hide what a small child takes. Run it with `python -I -S`.
"""

import os
import sys
import time

out = os.open(os.devnull, os.O_WRONLY)
quiet = [(os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, out, 2)]
begin = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, used = os.wait4(child, 0)
wall = time.perf_counter() - begin
if status:
    sys.exit(f"it failed with status {status}: {sys.argv[1:]}")
peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(f'{{"wall": {wall!r}, "cpu": {used.ru_utime + used.ru_stime!r}, "peak": {peak}}}')
