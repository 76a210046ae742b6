"""The faults that the package survives, as a table: each with the tests that inject it for real.

After each of them a file is the old or the new one, the exit code is not 0 and one line says why, a running process
serves its old data, and nothing is left behind. CONTRIBUTING.md names this table.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

import pytest
from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

FAULTS: dict[str, str] = {
    # A source that is fetched
    "a body shorter or longer than announced, cut chunks, a connection that breaks": """
        sources::TestBroken::test_is_tried_again_then_refused
        sources::TestBroken::test_a_body_cut_where_http_cannot_tell
        sources::TestBroken::test_more_than_was_announced_is_never_stored""",
    "an encoding that nobody asked for": "sources::TestEncoding sources::TestGood::test_first_pull",
    "a body without an end, or of a gigabyte": "sources::TestSize",
    "a byte at a time, also in headers": "sources::TestDeadline",
    "200 with what is no catalogue": "sources::TestContent::test_what_is_no_catalogue_is_refused",
    "every other status": "sources::TestStatus",
    "304 without a copy, or for another one": "sources::TestConditional",
    "a redirect to a file, to plain http (as in a private network), or in a loop; one to another host is said": """
        sources::TestRedirect pull::TestRedirect""",
    "a hostile ETag": "sources::TestValidatorsFromAServer",
    "credentials in a URL": "sources::TestSecrets",
    "a certificate that is unknown, expired, or of another host": "sources::TestTls",
    "a network where none is needed": """
        promises::test_reading_in_python_opens_no_socket_and_writes_no_file
        promises::test_no_command_goes_online_and_those_that_read_write_nothing
        promises::test_the_watch_sees_sockets_processes_and_writes""",
    # Its content
    "JSON that is cut, too deep, ambiguous, or none": """
        upstream::TestNotJson upstream::TestNoCatalogue forged::test_numbers_have_one_grammar""",
    "JSON that takes much memory": "upstream::TestBounds",
    "a field that is missing, null, or of another type; an id that is none": """
        models_dev::TestFaultsOfModels models_dev::TestFaultsOfProviders openrouter litellm genai_prices""",
    "a refresh that breaks what is in use": """
        guards::TestInvalid guards::TestShrunk guards::TestOlder guards::TestNotices losses routes""",
    "a source of other days": "refresh_chain timeline_update::TestActivate",
    # A configuration
    "a text that is no TOML, or of another shape": """
        validate::TestPlaces validate::TestFaultyEntries shapes revision::TestWrongShapes""",
    "a key of 20,000 parts, and other texts that take long": "budgets work positions::TestCost",
    "a FIFO, a folder, a device or a gigabyte in place of a file": """
        validate::TestCommand::test_what_is_no_file_is_refused_at_once files::TestRead crash::TestTarget
        arguments::test_what_is_no_file_is_not_waited_for""",
    "a glob that takes long": "reads::TestGlobs",
    "a behaviour module that fails in any way": """
        behaviour::TestFaults behaviour::TestReload behaviour::TestValues arguments""",
    "an argument that is nothing a function takes": "arguments::test_no_value_is_an_error_of_python",
    "hostile modules in the working folder": """
        promises::test_no_command_runs_code_from_the_folder
        promises::test_no_completion_runs_code_from_the_folder promises::test_the_trap_works
        processes::TestWays processes::TestCommands""",
    # Files
    "SIGKILL at a call of the system": """
        writers crash::TestKilled files::TestKill sources::TestFaultsOfTheSystem::test_a_kill_at_every_call""",
    "an error of the system at a call, once and from then on": """
        writers crash::TestRefused files::TestFaults files::TestCreate files::TestExpected
        sources::TestFaultsOfTheSystem::test_at_every_call
        timeline_update::TestDamaged::test_one_that_cannot_be_read_stays
        lint::test_a_file_that_the_system_does_not_let_it_read_is_an_error""",
    "an error of the system while files are looked for": "absence",
    "files that another user keeps": "absence::TestAnotherUser",
    "no working directory": "absence::TestNoWorkingDirectory",
    "a link, a folder or a FIFO at the place of a file, a mask of permissions": """
        crash::TestTarget links files::TestInside files::TestOwner""",
    "a file with an owner, an access list or other attributes": "files::TestOwner attributes",
    "a file system without hard links": """
        files::TestCreate::test_no_links_and_a_fault_of_the_rename files::TestCreate::test_something_is_there""",
    "many writers at once, one of them killed": """
        crash::TestAtOnce edits::TestAtOnce edits::TestMeanwhile files::TestLock""",
    "a file system without kernel locks": "no_kernel_locks",
    "temporary files of killed processes": """
        files::TestSweep scratch crash::TestKilled::test_is_swept_even_by_a_run_that_changes_nothing""",
    "a limit on memory": """
        memory_limits cli::TestErrors::test_too_little_memory sources::TestSize::test_memory
        upstream::TestBounds::test_memory""",
    "a signal that ends the process": "start::TestStopped",
    "an interrupt": "start cli::TestErrors::test_interrupted files::TestFaults::test_an_interrupt_leaves_nothing",
    "a package inside a zip file": "start::test_inside_a_zip_file_it_cannot_be_imported",
    # Data
    "a snapshot that is cut, changed, forged, or of another format": """
        snapshot_file::TestDamage snapshot_file::TestAnotherFormat snapshot_file::TestOpening forged
        store::TestFailure""",
    "a snapshot that is replaced or overwritten while it is read": "snapshot_file::TestReadInParts",
    "a history that is damaged or a stranger's": """
        timeline::TestFile timeline_update::TestDamaged timeline_update::TestBelieved past""",
    "another hash seed, locale, clock and order of names": "upstream_real::TestSameBytes",
    "an input of any kind that is changed at random": "fuzz",
    # A process
    "readers during reloads, some of which fail": "store::TestThreads interpreters",
    "another thread between any two lines": "preempted",
    "a fork while a writer holds the lock, or while another thread asks": """
        store::test_fork_while_a_writer_holds_the_lock store::test_fork_while_another_thread_asks interpreters""",
    "an old snapshot that is held through 10,000 reloads": "store::test_reloads_leak_nothing interpreters",
    "pickles and copies": "store::TestCopies reads::TestErrorsTravel records::TestThePackagedSnapshot::test_pickled",
    "a caller that writes into an answer": "records::TestImmutable",
    # What is printed
    "texts that a terminal or a runner obeys": """
        output cli::test_control_characters_of_the_data_never_reach_the_terminal""",
    "cells that a spreadsheet computes": "tables",
    "an output that is closed, full, or of ASCII": """
        screens cli::test_a_closed_pipe_and_an_ascii_locale_leave_no_traceback
        cli::TestErrors::test_a_reader_that_has_gone cli::TestErrors::test_a_shell_that_has_gone""",
    "odd names of files in a hook, none, and thousands": "hook::TestEntry",
}
"""Fault -> the tests that inject it: files of `tests` without `test_`, and names in them."""


@cache
def nodes(file: str) -> dict[str, ast.AST]:
    """The classes and functions of a test file by their names, those of classes as `Class::function`."""

    def named(node: ast.AST, above: str = "") -> Iterator[tuple[str, ast.AST]]:
        for each in ast.iter_child_nodes(node):
            if isinstance(each, (ast.ClassDef, ast.FunctionDef)):
                yield f"{above}{each.name}", each
                yield from named(each, f"{above}{each.name}::")

    path = ROOT / "tests" / f"test_{file}.py"
    return dict(named(ast.parse(path.read_bytes()))) if path.exists() else {}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_tests_that_exist(fault: str) -> None:
    tests = FAULTS[fault].split()
    assert tests
    for test in tests:
        file, _, name = test.partition("::")
        found = [one for one in nodes(file) if not name or one == name or one.startswith(f"{name}::")]
        assert any(one.rpartition("::")[2].startswith("test_") for one in found), f"tests/test_{file}.py has no {name}"
