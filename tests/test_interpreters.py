"""The promises to threads, forks and pickles, on each version of Python that is here, also without the GIL.

A snapshot never changes, except for what it remembers; what is published is swapped as one reference. Reading needs the
standard library alone, so any interpreter can run the checkout.
"""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from support import ROOT
from support.catalogues import made_up
from support.command import program

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = ["3.11", "3.12", "3.13", "3.14", "3.15", "3.13t", "3.14t", "3.15t"]
NAMES = [f"model-{number}" for number in range(12)]

CODE = """
import os, pickle, sys, threading, warnings
warnings.simplefilter("ignore")  # newer versions warn of every fork beside threads
root, folder, is_free = sys.argv[1:]
sys.path.insert(0, root)
import llm_models
assert is_free == str(not getattr(sys, "_is_gil_enabled", lambda: True)())
path, names = os.path.join(folder, "snapshot.json"), ["model-%d" % number for number in range(12)]
data = [open(os.path.join(folder, name), "rb").read() for name in ("1.json", "2.json")]

def put(number):
    with open(path + ".new", "wb") as file:
        file.write(data[number % 2])
    os.replace(path + ".new", path)

put(0)
sys.setswitchinterval(1e-6)
held = llm_models.load(config=None, snapshot=path)
stop, errors, torn, reads = threading.Event(), [], [], [0]

def prices(ask):
    return {ask(provider, name).cost.input for name in names for provider in ("alpha", "beta")}

def read():
    try:
        while not stop.is_set():
            shown = llm_models.snapshot()
            assert len(prices(shown.get_model)) == 1
            assert len({one.cost.output for one in shown.list_models()}) == 1
            assert prices(held.get_model) == {1}
            assert len(pickle.loads(pickle.dumps(shown)).list_models()) == 24
            reads[0] += 1
    except BaseException as error:
        errors.append(error)
        stop.set()

def mixed():  # the control: question by question, through the module
    while not stop.is_set():
        if len(prices(llm_models.get_model)) == 2:
            torn.append(1)

threads = [threading.Thread(target=one) for one in (read, read, read, mixed)]
for thread in threads:
    thread.start()
number = 0
while number < 150 or (number < 20_000 and not (torn and reads[0] > 20) and not errors):
    number += 1
    put(number)
    assert llm_models.reload().epoch == number + 1
    if number % 50 == 0 and hasattr(os, "fork"):
        child = os.fork()
        if not child:
            os._exit(0 if len(prices(llm_models.snapshot().get_model)) == 1 and llm_models.reload() else 1)
        assert os.waitpid(child, 0)[1] == 0
stop.set()
for thread in threads:
    thread.join()
assert not errors, errors
assert torn, "the control never met two generations: the test shows nothing"
print("fine")
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_no_torn_read(version: str, tmp_path: Path) -> None:
    python = shutil.which(f"python{version}")
    words = [python or "", "-I", "-S", "-B"]
    if python is None or program([*words, "-c", ""], tmp_path, measured=False).code:  # a shim of no version
        pytest.skip(f"there is no Python {version}")
    for price in (1, 2):
        models = {name: {"cost": {"input": price, "output": price}} for name in NAMES}
        (tmp_path / f"{price}.json").write_bytes(made_up({"alpha": models, "beta": models}).data)
    is_free = str(version.endswith("t"))
    done = program([*words, "-c", CODE, ROOT, tmp_path, is_free], tmp_path, measured=False, timeout=120)
    assert (done.code, done.out) == (0, "fine\n"), done.err[-2000:]


def test_the_tests_run_on_one_of_them() -> None:
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in VERSIONS
