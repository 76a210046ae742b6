"""Rules: how the values of one field in several layers become one value, as glom specs.

A spec takes the (value, layer) pairs of a field, weakest first, and gives the value that wins with its layer. Tables
of rules name a spec, and the merger imports this module only when layers compete for such a field.
"""

from __future__ import annotations

from glom import Auto, Fill, Iter, T

LAST = T[-1]
"""The strongest value."""

UNITE = Fill((Auto(Iter(T[0]).flatten().unique().all()), T[-1][1]))
"""The items of all lists, weakest first and without duplicates; the strongest layer counts as their origin."""
