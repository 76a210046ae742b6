"""Peak memory of a child process, as the child itself tells it."""

PEAK = '''
def peak():
    """The most memory that this process held, in bytes.

    On Linux from its own status: getrusage counts what the parent held when it forked, too.
    """
    import sys
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM"))
    except OSError:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1 << 10)
'''
