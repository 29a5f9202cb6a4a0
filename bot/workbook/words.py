"""The words that a workbook may use, in its three languages: data, compared by `text.key`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from bot.rules.loading import Sheet
from bot.rules.plan import GROUP, Role
from bot.rules.record import State
from bot.workbook.text import key

Words = Mapping[str, str]

# The first is the English title that an export writes.
TITLES: Mapping[Sheet, tuple[str, ...]] = MappingProxyType(
    {
        Sheet.PLAN: ("Plan", "Kế hoạch", "পরিকল্পনা"),
        Sheet.UNITS: ("Units", "Đơn vị", "দপ্তর", "Danh sách đơn vị"),
        Sheet.PILLARS: ("Pillars", "Lĩnh vực", "খাত", "Trụ cột"),
        Sheet.TARGETS: ("Targets", "Chỉ tiêu", "লক্ষ্যমাত্রা"),
        Sheet.TASKS: ("Tasks", "Nhiệm vụ", "কাজ"),
        Sheet.PEOPLE: ("People", "Cán bộ đầu mối", "ব্যক্তি", "Đầu mối"),
        Sheet.REPORTS: ("Reports", "Báo cáo", "প্রতিবেদন"),
        Sheet.HOLIDAYS: ("Holidays", "Ngày nghỉ", "ছুটির দিন"),
    }
)

# Headings by sheet and field. A heading that ends in "…" may have more words after it.
_CODE = ("code", "Mã", "Mã số", "Ký hiệu", "কোড")
_NUMBER = ("TT", "STT", "Số TT", "Số thứ tự", "No.", "ক্রম", "ক্রমিক", "ক্রমিক নং", "ক্রমিক নম্বর")
_NAME_BN = ("name_bn", "নাম", "Tên tiếng Bengali", "Tiếng Bengali")
_LEAD = (
    "lead",
    "Chủ trì…",
    "Cơ quan chủ trì…",
    "Đơn vị chủ trì…",
    "Cơ quan, đơn vị chủ trì…",
    "Cơ quan thực hiện",
    "Đơn vị thực hiện",
    "Cơ quan, đơn vị thực hiện",
    "প্রধান দপ্তর",
    "দায়িত্বপ্রাপ্ত দপ্তর",
)
_WITH = (
    "with",
    "Phối hợp…",
    "Cơ quan phối hợp…",
    "Đơn vị phối hợp…",
    "Cơ quan, đơn vị phối hợp…",
    "সহযোগী দপ্তর",
)
_DUE = (
    "due",
    "Thời hạn…",
    "Thời gian",
    "Thời gian hoàn thành…",
    "Thời gian thực hiện…",
    "Hạn hoàn thành",
    "Tiến độ hoàn thành",
    "সময়সীমা",
    "শেষ তারিখ",
)
_SHARED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "code": (*_CODE, *_NUMBER),
        "name_bn": _NAME_BN,
        "pillar": ("pillar", "Lĩnh vực", "Trụ cột", "খাত"),
        "start": ("start", "Bắt đầu", "Ngày bắt đầu", "Thời gian bắt đầu", "শুরু"),
        "due": _DUE,
        "extended": ("extended", "Gia hạn đến", "Gia hạn", "বর্ধিত সময়সীমা"),
        "withdrawn": ("withdrawn", "Đã rút", "Rút khỏi kế hoạch", "প্রত্যাহৃত"),
        "lead": _LEAD,
        "with": _WITH,
        "source": ("source", "Căn cứ…", "উৎস"),
    }
)
HEADINGS: Mapping[Sheet, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        Sheet.PLAN: {"field": ("field", "Mục", "বিষয়"), "text": ("text", "Nội dung", "বিবরণ")},
        Sheet.UNITS: {
            "code": (*_CODE, "Mã đơn vị", *_NUMBER),
            "name_vi": ("name_vi", "name", "Tên", "Tên đơn vị", "Đơn vị", "Cơ quan, đơn vị"),
            "name_bn": (*_NAME_BN, "দপ্তর", "দপ্তরের নাম"),
            "aliases": ("aliases", "Tên khác", "Tên gọi khác", "Viết tắt", "অন্য নাম"),
            "kind": ("kind", "Loại", "Loại đơn vị", "ধরন"),
            "parent": ("parent", "Trực thuộc", "Đơn vị cấp trên", "অধীন"),
            "members": ("members", "Thành viên", "সদস্য"),
        },
        Sheet.PILLARS: {
            "code": (*_CODE, "Mã lĩnh vực", *_NUMBER),
            "name_vi": ("name_vi", "name", "Tên", "Lĩnh vực", "Tên lĩnh vực", "Trụ cột"),
            "name_bn": (*_NAME_BN, "খাত", "খাতের নাম"),
        },
        Sheet.TARGETS: {
            **_SHARED,
            "name_vi": (
                "name_vi",
                "name",
                "Chỉ tiêu",
                "Tên chỉ tiêu",
                "Nội dung chỉ tiêu",
                "Các chỉ tiêu",
                "Nội dung",
                "Tên",
            ),
            "name_bn": (*_NAME_BN, "লক্ষ্যমাত্রা"),
            "measure": ("measure", "Đơn vị tính", "ĐVT", "Đơn vị", "Đơn vị đo", "একক"),
            "baseline": (
                "baseline",
                "Hiện trạng…",
                "Kỳ gốc…",
                "Thực hiện năm…",
                "Kết quả năm…",
                "Kết quả thực hiện năm…",
                "ভিত্তি মান",
            ),
            "goal": (
                "goal",
                "Mục tiêu…",
                "Kế hoạch…",
                "Kết quả",
                "Kết quả cần đạt…",
                "Chỉ tiêu năm…",
                "Chỉ tiêu kế hoạch…",
                "লক্ষ্য",
            ),
            "q1": ("Q1", "Quý I", "Quý 1", "১ম প্রান্তিক", "প্রান্তিক ১", "প্রথম প্রান্তিক"),
            "q2": ("Q2", "Quý II", "Quý 2", "২য় প্রান্তিক", "প্রান্তিক ২", "দ্বিতীয় প্রান্তিক"),
            "q3": ("Q3", "Quý III", "Quý 3", "৩য় প্রান্তিক", "প্রান্তিক ৩", "তৃতীয় প্রান্তিক"),
            "q4": ("Q4", "Quý IV", "Quý 4", "৪র্থ প্রান্তিক", "প্রান্তিক ৪", "চতুর্থ প্রান্তিক"),
            "measured": ("measured", "Kỳ đo", "Kỳ đánh giá", "পরিমাপের সময়", "পরিমাপ"),
        },
        Sheet.TASKS: {
            **_SHARED,
            "name_vi": (
                "name_vi",
                "name",
                "Nhiệm vụ",
                "Tên nhiệm vụ",
                "Nội dung nhiệm vụ",
                "Nhiệm vụ, giải pháp",
                "Tên nhiệm vụ, giải pháp",
                "Nhiệm vụ cụ thể",
                "Nội dung công việc",
                "Nội dung",
                "Tên",
            ),
            "name_bn": (*_NAME_BN, "কাজ"),
            "target": ("target", "Chỉ tiêu", "Mã chỉ tiêu", "Phục vụ chỉ tiêu", "লক্ষ্যমাত্রা"),
            "product": ("product", "Sản phẩm…", "Kết quả…", "Dự kiến kết quả", "Dự kiến sản phẩm", "ফলাফল"),
        },
        Sheet.PEOPLE: {
            "name": ("name", "Họ tên", "Họ và tên", "নাম"),
            "unit": ("unit", "Đơn vị", "Cơ quan", "Đơn vị công tác", "দপ্তর"),
            "role": ("role", "Vai trò", "ভূমিকা"),
            "language": ("language", "Ngôn ngữ", "ভাষা"),
        },
        Sheet.REPORTS: {
            "item": ("item", "code", "Mã", "Mã chỉ tiêu, nhiệm vụ", "কোড"),
            "date": ("date", "Ngày", "Ngày báo cáo", "তারিখ"),
            "percent": ("percent", "Phần trăm", "%", "শতাংশ"),
            "value": ("value", "Giá trị", "মান"),
            "state": ("state", "Trạng thái", "অবস্থা"),
            "difficulty": ("difficulty", "Khó khăn, vướng mắc", "Khó khăn", "Vướng mắc", "সমস্যা", "অসুবিধা"),
            "proposal": ("proposal", "Đề xuất, kiến nghị", "Đề xuất", "Kiến nghị", "প্রস্তাব", "সুপারিশ"),
            "by": ("by", "Người báo cáo", "প্রতিবেদক", "প্রতিবেদনকারী"),
            "id": ("id",),
            "unit": ("unit", "Đơn vị", "দপ্তর"),
            "at": ("at",),
            "text": ("text",),
            "evidence": ("evidence",),
            "corrects": ("corrects",),
            "undoes": ("undoes",),
        },
        Sheet.HOLIDAYS: {
            "date": ("date", "Ngày", "তারিখ"),
            "kind": ("kind", "Loại", "ধরন"),
            "note": ("note", "Ghi chú", "Nội dung", "মন্তব্য"),
        },
    }
)

# What a sheet cannot be read without: of each group of fields one at least.
NEEDED: Mapping[Sheet, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        Sheet.PLAN: (("field",), ("text",)),
        Sheet.UNITS: (("code",), ("name_vi", "name_bn")),
        Sheet.PILLARS: (("code",), ("name_vi", "name_bn")),
        Sheet.TARGETS: (("code",), ("name_vi", "name_bn"), ("goal", "measure", "baseline", "lead", "due")),
        Sheet.TASKS: (("code",), ("name_vi", "name_bn"), ("lead", "due", "product", "target")),
        Sheet.PEOPLE: (("name",), ("unit",)),
        Sheet.REPORTS: (("item",), ("date",)),
        Sheet.HOLIDAYS: (("date",),),
    }
)

# Sheets whose title says nothing are known by these headings: (fields that tell, the words of a telling name heading).
TELLING: Mapping[Sheet, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        Sheet.TASKS: (("product", "target"), ("nhiemvu", "congviec", "কাজ")),
        Sheet.TARGETS: (("goal", "measure", "baseline", "q1"), ("chitieu", "লক্ষ্যমাত্রা")),
        Sheet.UNITS: (("aliases", "parent", "members"), ("donvi", "দপ্তর")),
        Sheet.PEOPLE: (("role", "language"), ("hoten", "hovaten")),
        Sheet.REPORTS: (("percent", "state", "difficulty", "value"), ()),
    }
)


def _by_key(table: Mapping[str, tuple[str, ...]]) -> Words:
    """From "value: its words" to "comparable word: value"."""
    pairs = ((key(word), str(value)) for value, said in table.items() for word in (value, *said))
    return MappingProxyType(dict(pairs))


@cache
def roles() -> Words:
    return _by_key(
        {
            Role.LEADER: ("lãnh đạo", "trưởng", "thủ trưởng", "প্রধান"),
            Role.DEPUTY: ("phó", "cấp phó", "উপপ্রধান"),
            Role.OFFICE: ("thường trực", "cơ quan thường trực", "văn phòng", "কার্যালয়"),
            Role.CHAIR: ("trưởng ban", "chủ tịch", "সভাপতি"),
            Role.MEMBER: ("thành viên", "সদস্য"),
        }
    )


@cache
def languages() -> Words:
    return _by_key(
        {
            "vi": ("tiếng Việt", "Việt", "Vietnamese", "ভিয়েতনামি", "ভিয়েতনামী"),
            "bn": ("tiếng Bengali", "tiếng Bangla", "Bengali", "Bangla", "বাংলা"),
        }
    )


@cache
def states() -> Words:
    return _by_key(
        {
            State.DONE: ("hoàn thành", "đã hoàn thành", "xong", "đã xong", "đạt", "সম্পন্ন", "শেষ", "অর্জিত"),
            State.IN_PROGRESS: (
                "đang thực hiện",
                "đang triển khai",
                "đang làm",
                "đang tiến hành",
                "চলমান",
                "চলছে",
                "কাজ চলছে",
            ),
            State.BLOCKED: (
                "vướng mắc",
                "đang vướng",
                "tạm dừng",
                "bị dừng",
                "dừng",
                "আটকে আছে",
                "বাধাগ্রস্ত",
                "বন্ধ",
                "স্থগিত",
            ),
            State.NOT_STARTED: (
                "chưa thực hiện",
                "chưa triển khai",
                "chưa bắt đầu",
                "chưa làm",
                "শুরু হয়নি",
                "এখনো শুরু হয়নি",
                "অনারব্ধ",
            ),
        }
    )


@cache
def day_kinds() -> Words:
    return _by_key(
        {
            "off": ("nghỉ", "ngày nghỉ", "nghỉ lễ", "nghỉ bù", "ছুটি", "বন্ধ"),
            "worked": ("làm việc", "làm bù", "đi làm", "ngày làm việc", "কর্মদিবস", "কাজ"),
        }
    )


@cache
def yes_no() -> Words:
    return _by_key(
        {
            "1": ("có", "đã có", "đạt", "rồi", "xong", "hoàn thành", "yes", "true", "x", "হ্যাঁ", "আছে"),
            "0": ("không", "chưa", "chưa có", "chưa đạt", "no", "false", "না", "নেই"),
        }
    )


@cache
def once_words() -> frozenset[str]:
    return frozenset(map(key, ("once", "một lần", "1 lần", "01 lần", "একবার", "এক বার")))


@cache
def many_times_words() -> frozenset[str]:
    said = (
        "tháng",
        "hằng tháng",
        "hàng tháng",
        "quý",
        "hằng quý",
        "hàng quý",
        "năm",
        "hằng năm",
        "hàng năm",
        "6 tháng",
    )
    more = ("định kỳ", "thường xuyên", "monthly", "quarterly", "regular", "মাসিক", "ত্রৈমাসিক", "নিয়মিত")
    return frozenset(map(key, (*said, *more)))


@cache
def group_words() -> frozenset[str]:
    return frozenset(map(key, (GROUP, "nhóm", "গোষ্ঠী", "গুচ্ছ", "দল")))


@cache
def all_words() -> frozenset[str]:
    return frozenset(map(key, ("all", "tất cả", "toàn bộ", "সব", "সকল")))


@cache
def titles() -> Mapping[str, Sheet]:
    return MappingProxyType({key(name): sheet for sheet, names in TITLES.items() for name in names})


@cache
def headings(sheet: Sheet) -> tuple[Words, Words]:
    """A sheet's headings by `key`: those that must be whole, and those that more words may follow."""
    whole: dict[str, str] = {}
    opening: dict[str, str] = {}
    for field, names in HEADINGS[sheet].items():
        for name in names:
            whole[key(name)] = field
            if name.endswith("…"):
                opening[key(name)] = field
    return MappingProxyType(whole), MappingProxyType(opening)


def field_of(sheet: Sheet, heading: str) -> str | None:
    """Which field a heading means on a sheet; of headings that may go on, the longest that fits."""
    whole, opening = headings(sheet)
    said = key(heading)
    if said in whole:
        return whole[said]
    fitting = [h for h in opening if said.startswith(h)]
    return opening[max(fitting, key=len)] if fitting else None
