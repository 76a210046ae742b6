"""The changes to a module that a sample is drawn from: those of cosmic-ray, and three that remove a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import parso
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names

if TYPE_CHECKING:
    from collections.abc import Iterator

Position = tuple[tuple[int, int], tuple[int, int]]

SWAPS = """
Eq_NotEq NotEq_Eq Lt_LtE Lt_GtE LtE_Lt LtE_Gt Gt_GtE Gt_LtE GtE_Gt GtE_Lt In_NotIn NotIn_In Is_IsNot IsNot_Is
Add_Sub Sub_Add Mul_Div Div_Mul FloorDiv_Mul Mod_Mul BitOr_BitAnd BitAnd_BitOr BitXor_BitOr LShift_RShift RShift_LShift
"""
"""Of the operators that replace one sign by another, those with the nearest other one and the opposite.

The rest are the same as one of these (`is` for `==`), or an error wherever they run (`**` for `|`), which would flatter
the counts.
"""

ELSE = ("AddNot", "And", "Or", "True", "False", "Break", "Continue", "Number", "Exception", "ZeroIteration", "Delete")
"""The other operators, by words in their names."""


class Mutant(NamedTuple):
    """One change: of the module, by the operator, where it applies for the `occurrence`th time."""

    module: str
    operator: str
    occurrence: int
    first: int
    last: int
    column: int


class Step(Operator):
    """A statement of one kind becomes another one."""

    kind = ""
    text = ""

    def applies(self, node: Any) -> bool:
        return bool(node.type == self.kind)

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        if self.applies(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:  # noqa: ARG002 the base class has it
        new = parso.parse(self.text).children[0]
        new.get_first_leaf().prefix = node.get_first_leaf().prefix
        new.parent = node.parent
        return new

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class ReturnNothing(Step):
    """`return x` becomes `return None`, which says the same as `return False` to all that asks a condition."""

    kind, text = "return_stmt", "return None"

    def applies(self, node: Any) -> bool:
        return super().applies(node) and node.get_code().strip() not in (self.text, "return False")


class RaiseNothing(Step):
    """`raise x` becomes `pass`."""

    kind, text = "raise_stmt", "pass"


class CallNothing(Step):
    """A statement that is only a call becomes `pass`."""

    kind, text = "atom_expr", "pass"

    def applies(self, node: Any) -> bool:
        return super().applies(node) and node.parent.type == "simple_stmt" and node.get_code().endswith(")")


STEPS: dict[str, type[Operator]] = {each.__name__: each for each in (ReturnNothing, RaiseNothing, CallNothing)}


def operator_of(name: str) -> Operator:
    """The operator with this name."""
    kind: type[Operator] = STEPS.get(name) or get_operator(name)
    return kind()


def is_used(name: str) -> bool:
    """Whether the sample has changes by this operator of cosmic-ray."""
    if "ComparisonOperator" in name or "BinaryOperator" in name:
        return name.partition("Operator_")[2] in SWAPS.split()
    return any(word in name for word in ELSE)


def is_run(node: Any) -> bool:
    """Whether a node is code: no annotation, no import for them, no text for people, no `*` of a signature."""
    if node.type == "operator" and node.parent.type in ("parameters", "param"):
        return False
    while node is not None:
        above = node.parent
        if node.type == "annassign" or node.get_code().strip() == "TYPE_CHECKING = False":
            return False
        if above is not None:
            if above.type == "tfpdef" and node is not above.children[0]:
                return False
            if above.type == "funcdef" and node is above.annotation:
                return False
            if node.type == "if_stmt" and node.children[1].get_code().strip() == "TYPE_CHECKING":
                return False
            if node.type == "decorator":
                return False
        node = above
    return True


def mutants_of(module: str, code: str) -> Iterator[Mutant]:
    """All changes to this code."""
    tree = get_ast(code)
    nodes = list(ast_nodes(tree))
    for name in [*filter(is_used, operator_names()), *STEPS]:
        occurrence = -1
        operator = operator_of(name)
        for node in nodes:
            for start, end in operator.mutation_positions(node):
                occurrence += 1
                if is_run(node):
                    yield Mutant(module, name, occurrence, start[0], end[0], start[1])


def changed(code: str, mutant: Mutant) -> str:
    """The code with the change."""
    found = mutate_code(code, operator_of(mutant.operator), mutant.occurrence)
    if not found or found == code:
        raise ValueError(f"{mutant} changes nothing")
    return str(found)
