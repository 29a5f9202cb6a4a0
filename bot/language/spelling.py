"""Slips of the finger: the known word that is one letter away from an unknown one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

SHORTEST_SYLLABLE, SHORTEST_WORD = 3, 5


class Spelling:
    """The known keys of one language, found by what remains of them when one letter is taken out."""

    def __init__(self, keys: Iterable[str], shortest: int) -> None:
        self._shortest = shortest
        self._known = frozenset(keys)
        self._without: dict[str, list[str]] = {}
        for key in self._known:
            if len(key) >= shortest and key.isalpha():
                for rest in _shorter(key):
                    self._without.setdefault(rest, []).append(key)

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def near(self, key: str) -> str | None:
        """The one known key that a slip of one letter leads to, or of two swapped; None where none or several.

        Swapped letters are likelier than any other slip, and the only one that a short word can have.
        """
        found = {word for form in (key, *_shorter(key)) for word in self._without.get(form, ()) if _is_near(key, word)}
        found |= {form for form in _shorter(key) if form in self._known and len(form) >= self._shortest}
        swapped = {word for word in found if sorted(word) == sorted(key)}
        found = {word for word in found if word[0] == key[0]} | swapped  # nobody slips on the first letter
        if len(key) <= self._shortest or swapped:
            found = swapped
        return found.pop() if len(found) == 1 else None


def _shorter(key: str) -> Iterator[str]:
    return (key[:at] + key[at + 1 :] for at in range(len(key)))


def _is_near(a: str, b: str) -> bool:
    """Whether one insertion, removal, change, or swap of neighbours makes one word of the other."""
    if len(a) != len(b):
        return abs(len(a) - len(b)) == 1
    wrong = [at for at in range(len(a)) if a[at] != b[at]]
    if len(wrong) == 1:
        return True
    return len(wrong) == 2 and wrong[1] - wrong[0] == 1 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
