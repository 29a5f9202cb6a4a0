"""The paper as a sheet for the press: a PDF."""

from __future__ import annotations

from typing import Any

from bot.views.meeting.paper import Block, Heading, Paper, Para, Table
from bot.views.pictures.press import Kind, Sheet
from bot.views.words import BENGALI_DIGITS


def paper_sheet(paper: Paper) -> Sheet:
    """The paper to be printed as PDF."""
    head, end = paper.letterhead, paper.closing
    data = {
        "lang": paper.lang,
        "digits": [chr(BENGALI_DIGITS[ord(digit)]) for digit in "0123456789"],
        "authority": head.authority,
        "issuer": head.issuer,
        "state": head.state,
        "motto": head.motto,
        "number": head.number,
        "dated": head.dated,
        "title": paper.title,
        "subtitle": paper.subtitle,
        "blocks": [_block(block) for block in paper.blocks],
        "recipients_title": end.recipients_title,
        "recipients": list(end.recipients),
        "signer": list(end.signer),
        "annex": [_block(block) for block in paper.annex],
        "source": paper.source,
    }
    return Sheet.of("meeting.typ", data, Kind.PDF)


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "text": block.text, "level": block.level}
        case Para():
            return {"kind": "para", "text": block.text, "lead": block.lead, "bullet": block.bullet}
        case Table():
            columns = [{"head": c.head, "width": c.width, "side": str(c.side)} for c in block.columns]
            return {"kind": "table", "columns": columns, "rows": block.rows, "totals": block.totals}
