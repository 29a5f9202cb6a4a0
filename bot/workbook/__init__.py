"""The plan workbook, in and out, as the project's contract on it says. Pure: no clock, no database, no words.

Writing is in `bot.workbook.write`, for whoever needs it: openpyxl takes 11 MiB that answering messages does not.

Refusals, errors and notes are codes with parameters (`ProblemCode` lists them all); `views` words them.
"""

from bot.rules.loading import Problem, ProblemCode, Refused, Sheet
from bot.workbook.read import Loaded, read_workbook

__all__ = ["Loaded", "Problem", "ProblemCode", "Refused", "Sheet", "read_workbook"]
