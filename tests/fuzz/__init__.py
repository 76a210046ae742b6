"""Fuzzing: changed inputs for everything that reads what others wrote, and the laws that hold for every input.

`entries` has the table. `python tests/fuzz/run.py` runs it, and `tests/test_fuzz.py` a small part with the corpus.
"""
