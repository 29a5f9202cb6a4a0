"""What targets are counted in, and what those that are not counted must bring.

Plans name both in Vietnamese only, so the usual names have their own words elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.views.words import N_, Words

PLAN_LANGUAGE = "vi"

MEASURES: Mapping[str, str] = {
    "bộ dữ liệu": N_("datasets"),
    "cơ sở": N_("establishments"),
    "doanh nghiệp": N_("enterprises"),
    "dịch vụ": N_("services"),
    "đợt": N_("rounds"),
    "đơn vị": N_("bodies"),
    "giờ": N_("hours"),
    "hệ thống": N_("systems"),
    "hồ sơ": N_("files"),
    "hộ": N_("households"),
    "khu vực": N_("areas"),
    "lớp": N_("classes"),
    "lượt người": N_("people reached"),
    "ngày": N_("days"),
    "người": N_("people"),
    "phút": N_("minutes"),
    "sản phẩm": N_("products"),
    "thôn": N_("villages"),
    "thứ hạng": N_("in the ranking"),
    "thủ tục": N_("procedures"),
    "tin, bài": N_("articles"),
    "trạm": N_("stations"),
    "triệu đồng": N_("million dong"),
    "trường": N_("schools"),
    "tỷ đồng": N_("billion dong"),
    "văn bản": N_("documents"),
    "xã": N_("communes"),
}

OUTCOMES: Mapping[str, str] = {
    "báo cáo": N_("a report"),
    "có": N_("yes"),
    "đề án": N_("a project document"),
    "kế hoạch": N_("a plan"),
    "quy chế": N_("regulations"),
    "quyết định": N_("a decision"),
}


def measure_word(words: Words, measure: str) -> str:
    """The measure for this reader: as the plan writes it in Vietnamese, and where there is no other word for it."""
    return _worded(words, MEASURES, measure)


def outcome_word(words: Words, outcome: str) -> str:
    """The goal of a yes/no target for this reader, likewise: `Quyết định`, in Bengali `সিদ্ধান্ত জারি`."""
    return _worded(words, OUTCOMES, outcome)


def _worded(words: Words, known: Mapping[str, str], name: str) -> str:
    msgid = known.get(name.strip().casefold())
    return name if msgid is None or words.lang == PLAN_LANGUAGE else str(words.say(msgid).unescape())
