"""The plan workbook, in and out, as the project's contract on it says. Pure: no clock, no database, no words.

Refusals, errors and notes are codes with parameters (`ProblemCode` lists them all); `views` words them.
"""

from bot.rules.loading import Problem, ProblemCode, Refused, Sheet
from bot.workbook.read import Loaded, read_workbook
from bot.workbook.write import plan_book, write_workbook

__all__ = ["Loaded", "Problem", "ProblemCode", "Refused", "Sheet", "plan_book", "read_workbook", "write_workbook"]
