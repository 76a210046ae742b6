"""Checks: entries of a valid `llm_models.toml` that have no effect, or probably not the effect that was meant.

Each check is a small function over one file and the catalogue that the file corrects. It does not run code that the
file names, and it opens no socket.
"""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING, Any

from llm_models import cancelled, config, definition_checks, entry_checks, paths, setting_checks, superseded
from llm_models.case import Case
from llm_models.copies import Copies
from llm_models.document import ANY
from llm_models.errors import ConfigError, Problem, SnapshotError
from llm_models.in_use import in_use
from llm_models.layers import layer_from
from llm_models.misread import misreadings
from llm_models.moving import Moving
from llm_models.settings import settings_of
from llm_models.takeovers import mistyped, namesakes, taken
from llm_models.touched import Touched

if TYPE_CHECKING:
    from llm_models.snapshot_file import SnapshotFile

CHECKS = (
    *entry_checks.CHECKS,
    *setting_checks.CHECKS,
    *definition_checks.CHECKS,
    *cancelled.CHECKS,
    *superseded.CHECKS,
    taken,
    namesakes,
    mistyped,
    misreadings,
)


def check_file(path: str) -> list[Problem]:
    """Every problem of the configuration file at `path`, errors and warnings, in the order of the text."""
    try:
        raw = paths.read_config(path)
    except ConfigError as error:
        return list(error.problems)
    try:
        return check_text(raw, path, base_for(path))
    except SnapshotError as error:
        damaged = Problem(f"cannot be compared with the catalogue: {error}", file=path)
        return [damaged, *config.parse(raw, path).problems]


def base_for(path: str) -> SnapshotFile:
    """The catalogue that the configuration at `path` corrects: the base of the one that is in use beside it."""
    return in_use(paths.find(path), reads=False).base


def check_text(raw: bytes, path: str, base: SnapshotFile) -> list[Problem]:
    """Every problem of a configuration's text, called `path`, as a correction of `base`.

    A faulty entry does not hide the problems of other entries. Only warnings that could be wrong because of a fault
    are left out until it is corrected.
    """
    document = config.parse(raw, path)
    problems = list(document.problems)
    if document.data is not None:
        name = os.path.basename(path)
        curated = os.path.basename(os.path.dirname(paths.absolute(path))) == "overrides"
        layer = layer_from(document, f"overrides/{name}" if curated else name, only_patches=curated)
        run = Touched(base, [layer], paths.find(path))
        case = Case(run.layers[0], run, settings_of(run)[0])
        if ANY not in document.doubtful:
            moving = Moving(run)
            problems += [*run.problems, *moving.problems, *Copies(run, moving).problems]
        for finding in chain.from_iterable(check(case) for check in CHECKS):
            if not document.doubtful & {finding.provider, ANY}:
                problems.append(document.problem(*finding[1:]))
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0, problem.message))


def emptied(run: Touched, settings: dict[str, Any]) -> list[Problem]:
    """The settings of layers that leave no model. `run` has these layers, `settings` is what they merge to."""
    problems: list[Problem] = []
    for case in (Case(layer, run, settings) for layer in run.layers):
        found = chain.from_iterable(check(case) for check in setting_checks.THAT_HIDE)
        problems += [case.layer.document.problem(*one[1:]) for one in found if one.severity == "error"]
    return problems
