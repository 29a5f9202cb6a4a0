"""The problems found while a workbook is read, collected within bounds."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.rules.loading import Problem, ProblemCode

MOST_PROBLEMS = 5_000  # of errors, and of notes; a file with more is not read line by line


@dataclass(slots=True)
class Findings:
    """Collects what one reading finds, in the order found. Lives as long as that reading."""

    _errors: list[Problem] = field(default_factory=list)
    _notes: list[Problem] = field(default_factory=list)
    _more_errors: int = 0
    _more_notes: int = 0

    def error(self, sheet: str, row: int | None, column: str | None, code: ProblemCode, /, **params: str) -> None:
        if len(self._errors) < MOST_PROBLEMS:
            self._errors.append(Problem(sheet, row, column, code, params))
        else:
            self._more_errors += 1

    def note(self, sheet: str, row: int | None, column: str | None, code: ProblemCode, /, **params: str) -> None:
        if len(self._notes) < MOST_PROBLEMS:
            self._notes.append(Problem(sheet, row, column, code, params))
        else:
            self._more_notes += 1

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (*self._errors, *_more(self._more_errors))

    @property
    def notes(self) -> tuple[Problem, ...]:
        return (*self._notes, *_more(self._more_notes))


def _more(count: int) -> tuple[Problem, ...]:
    return (Problem("", None, None, ProblemCode.MORE_PROBLEMS, {"count": str(count)}),) if count else ()
