"""Indexes and the garbage collector, which would walk all of them again and again and find nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG_OBJECTS = 50_000  # that the collector lets come together before it looks for cycles among them


@contextmanager
def uncollected() -> Iterator[None]:
    """Within it no cycles are collected; afterwards the collector is as it was before."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def keep_built() -> None:
    """Leave all that there is to itself from now on, and the collector with less to do.

    What is built stays, and holds no cycles: one full round over it takes half a second, again and again. And a message
    makes thousands of objects that end with it: looking through every 700 of them takes a seventh of its time.
    """
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
