"""Checks: entries of a valid `llm_models.toml` that have no effect, or probably not the effect that was meant.

Each check is a small function over one file and the catalogue that the file corrects. It runs no code that the file
names, unless it is asked to, and it opens no socket.
"""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING, Any

from llm_models import (
    cancelled,
    config,
    definition_checks,
    dependent_checks,
    entry_checks,
    paths,
    price_checks,
    setting_checks,
    superseded,
    words,
)
from llm_models.case import Case
from llm_models.copies import Copies
from llm_models.document import ANY
from llm_models.errors import ConfigError, Problem, SnapshotError
from llm_models.in_use import in_use
from llm_models.layers import layer_from
from llm_models.misread import misreadings
from llm_models.moving import Moving
from llm_models.origins import CURATED
from llm_models.patterns import EVERY
from llm_models.settings import settings_of
from llm_models.takeovers import mistyped, namesakes, taken
from llm_models.touched import Touched

if TYPE_CHECKING:
    from llm_models.document import Document
    from llm_models.errors import Severity
    from llm_models.layers import Layer
    from llm_models.snapshot_file import SnapshotFile

CHECKS = (
    *entry_checks.CHECKS,
    *setting_checks.CHECKS,
    *definition_checks.CHECKS,
    *cancelled.CHECKS,
    *superseded.CHECKS,
    *dependent_checks.CHECKS,
    *price_checks.CHECKS,
    *words.CHECKS,
    taken,
    namesakes,
    mistyped,
    misreadings,
)


def check_file(path: str, *, behaviour: bool = False) -> list[Problem]:
    """Every problem of the configuration file at `path`, errors and warnings, in the order of the text.

    With `behaviour`, also those of the behaviour module that the file names, which is run.
    """
    try:
        raw = paths.read_config(path)
    except ConfigError as error:
        return list(error.problems)
    try:
        return check_text(raw, path, base_for(path), behaviour=behaviour)
    except SnapshotError as error:
        damaged = Problem(f"cannot be compared with the catalogue: {error}", file=path, hint=_WHOLE)
        document = config.parse(raw, path)
        return [damaged, *document.problems, *document.remarks]


_WHOLE = "Run 'llm-models activate' to build it again, or 'llm-models rollback'."


def module_of(path: str) -> str | None:
    """The behaviour module that a configuration file names; None where it names none, or cannot be read."""
    try:
        raw = paths.read_config(path)
    except ConfigError:
        return None
    data = config.parse(raw, path).data if b"overrides_module" in raw else None
    return (data or {}).get("overrides_module")


def base_for(path: str) -> SnapshotFile:
    """The catalogue that the configuration at `path` corrects: the base of the one that is in use beside it."""
    return in_use(paths.find(path), reads=False).base


def check_text(raw: bytes, path: str, base: SnapshotFile, *, behaviour: bool = False) -> list[Problem]:
    """Every problem of a configuration's text, called `path`, as a correction of `base`.

    A faulty entry does not hide the problems of other entries. Only warnings that could be wrong because of a fault
    are left out until it is corrected. With `behaviour`, the behaviour module that the text names is run and checked.
    """
    document = config.parse(raw, path)
    problems = [*document.problems, *document.remarks]
    if document.data is not None:
        name = os.path.basename(path)
        folder = os.path.basename(os.path.dirname(paths.absolute(path)))
        curated = folder == "overrides" and name != paths.CONFIG_NAME  # an application may have a folder of that name
        layers = [layer_from(document, f"{CURATED}{name}" if curated else name, only_patches=curated)]
        if behaviour and not document.problems:
            try:
                layers += _module(document)
            except ConfigError as error:
                problems += [_of_module(document, problem) for problem in error.problems]
        problems += [_of_module(document, remark) for layer in layers[1:] for remark in layer.document.remarks]
        try:
            run = Touched(base, layers, paths.find(path))
        except ConfigError as error:  # there is too much to do
            return [*problems, *(_of_module(document, problem) for problem in error.problems)]
        settings = settings_of(run)[0]
        if ANY not in document.doubtful:
            try:
                moving = Moving(run)
                found = (*run.problems, *moving.problems, *Copies(run, moving).problems)
            except ConfigError as error:
                return [*problems, *(_of_module(document, problem) for problem in error.problems)]
            problems += [_of_module(document, problem) for problem in found]
        for case in (Case(layer, run, settings) for layer in run.layers):
            for finding in chain.from_iterable(check(case) for check in CHECKS):
                if not (
                    document.doubtful if finding.provider == EVERY else document.doubtful & {finding.provider, ANY}
                ):
                    problems.append(_of_module(document, case.layer.document.problem(*finding[1:])))
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0, problem.message))


def _module(document: Document) -> list[Layer]:
    """The layer of the behaviour module that a document names, if it names one. Raises `ConfigError`."""
    module = (document.data or {}).get("overrides_module")
    if module is None:
        return []
    from llm_models.behaviour import layer_of_behaviour

    return [layer_of_behaviour(module)]


def _of_module(document: Document, problem: Problem) -> Problem:
    """A problem of the behaviour module as one at the line that names the module; any other problem as it is."""
    if problem.file == document.name:
        return problem
    severity: Severity = "warning" if problem.severity == "warning" else "error"
    return document.problem(("overrides_module",), str(problem), severity=severity)


def emptied(run: Touched, settings: dict[str, Any]) -> list[Problem]:
    """The settings of layers that leave no model. `run` has these layers, `settings` is what they merge to."""
    problems: list[Problem] = []
    for case in (Case(layer, run, settings) for layer in run.layers):
        found = chain.from_iterable(check(case) for check in setting_checks.CHECKS)
        problems += [case.layer.document.problem(*one[1:]) for one in found if one.severity == "error"]
    return problems
