"""What targets are counted in: plans name it in Vietnamese only, so the usual names have their own words elsewhere."""

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


def measure_word(words: Words, measure: str) -> str:
    """The measure for this reader: as the plan writes it in Vietnamese, and where there is no other word for it."""
    known = MEASURES.get(measure.strip().casefold())
    return measure if known is None or words.lang == PLAN_LANGUAGE else str(words.say(known).unescape())
