"""Days, periods, clock times and durations, said on Wednesday 18 June 2025, at nine."""

from __future__ import annotations

import pytest

from tests.language.conftest import Say


def due(first: str, last: str) -> dict[str, object]:
    return {"intent": "list", "sure": True, "kind": "task", "state": "due", "period": {"from": first, "to": last}}


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        ("hôm nay", "2025-06-18", "2025-06-18"),
        ("ngày mai", "2025-06-19", "2025-06-19"),
        ("tuần này", "2025-06-16", "2025-06-22"),
        ("tuần sau", "2025-06-23", "2025-06-29"),
        ("tháng sau", "2025-07-01", "2025-07-31"),
        ("tháng 8", "2025-08-01", "2025-08-31"),
        ("tháng 2", "2026-02-01", "2026-02-28"),
        ("quý 3", "2025-07-01", "2025-09-30"),
        ("quý IV", "2025-10-01", "2025-12-31"),
        ("6 tháng cuối năm", "2025-07-01", "2025-12-31"),
        ("năm 2026", "2026-01-01", "2026-12-31"),
        ("cuối tháng 7", "2025-07-22", "2025-07-31"),
        ("từ 1/7 đến 15/7", "2025-07-01", "2025-07-15"),
        ("trong 7 ngày tới", "2025-06-18", "2025-06-25"),
    ],
)
def test_periods_in_vietnamese(say: Say, when: str, first: str, last: str) -> None:
    assert say(f"{when} có nhiệm vụ nào đến hạn") == [due(first, last)]


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        ("আজ", "2025-06-18", "2025-06-18"),
        ("এ সপ্তাহে", "2025-06-16", "2025-06-22"),
        ("আগামী সপ্তাহে", "2025-06-23", "2025-06-29"),
        ("আগামী মাসে", "2025-07-01", "2025-07-31"),
        ("আগস্ট মাসে", "2025-08-01", "2025-08-31"),
        ("তৃতীয় প্রান্তিকে", "2025-07-01", "2025-09-30"),
        ("আগামী ৭ দিনে", "2025-06-18", "2025-06-25"),
        ("১ জুলাই থেকে ১৫ জুলাই পর্যন্ত", "2025-07-01", "2025-07-15"),
    ],
)
def test_periods_in_bengali(say: Say, when: str, first: str, last: str) -> None:
    assert say(f"{when} কোন কাজের সময়সীমা") == [due(first, last)]


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("đến 30/7", "2025-07-30"),
        ("đến 30/7/2025", "2025-07-30"),
        ("tới 2025-08-15", "2025-08-15"),
        ("đến ngày 15 tháng 8", "2025-08-15"),
        ("đến ngày 15", "2025-07-15"),
        ("đến hết tháng 8", "2025-08-31"),
        ("tới cuối tháng 9", "2025-09-30"),
        ("đến thứ sáu", "2025-06-20"),
        ("đến thứ hai tuần sau", "2025-06-23"),
        ("đến hết quý 3", "2025-09-30"),
        ("đến 31/1", "2026-01-31"),
    ],
)
def test_a_new_deadline_is_the_next_such_day(say: Say, when: str, day: str) -> None:
    assert say(f"NV05 xin gia hạn {when}") == [{"intent": "extend", "sure": True, "item": "NV05", "date": day}]


@pytest.mark.parametrize(
    ("when", "day"),
    [("৩০ জুলাই", "2025-07-30"), ("৩০/৭", "2025-07-30"), ("আগস্টের শেষ", "2025-08-31"), ("১৫ তারিখ", "2025-07-15")],
)
def test_a_new_deadline_in_bengali(say: Say, when: str, day: str) -> None:
    assert say(f"NV05 এর সময় {when} পর্যন্ত বাড়ান") == [{"intent": "extend", "sure": True, "item": "NV05", "date": day}]


@pytest.mark.parametrize(
    ("when", "slots"),
    [
        ("8h sáng mai", {"date": "2025-06-19", "time": "08:00"}),
        ("3 giờ rưỡi chiều thứ sáu", {"date": "2025-06-20", "time": "15:30"}),
        ("chiều nay 3h", {"date": "2025-06-18", "time": "15:00"}),
        ("lúc 14h30 ngày 20/6", {"date": "2025-06-20", "time": "14:30"}),
        ("30 phút nữa", {"in_minutes": 30}),
        ("2 tiếng nữa", {"in_minutes": 120}),
    ],
)
def test_when_to_remind(say: Say, when: str, slots: dict[str, object]) -> None:
    assert say(f"nhắc em NV05 {when}") == [{"intent": "remind", "sure": True, "item": "NV05", **slots}]


@pytest.mark.parametrize(
    ("when", "slots"),
    [
        ("কাল সকাল ৯টায়", {"date": "2025-06-19", "time": "09:00"}),
        ("সোমবার সাড়ে দশটায়", {"date": "2025-06-23", "time": "10:30"}),
        ("বিকাল ৪টায়", {"time": "16:00"}),
        ("৩০ মিনিট পরে", {"in_minutes": 30}),
        ("আধা ঘণ্টা পর", {"in_minutes": 30}),
        ("পৌনে চারটায় বিকালে", {"time": "15:45"}),
    ],
)
def test_when_to_remind_in_bengali(say: Say, when: str, slots: dict[str, object]) -> None:
    assert say(f"NV05 এর কথা {when} মনে করিয়ে দিন") == [{"intent": "remind", "sure": True, "item": "NV05", **slots}]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("nhắc em NV05 3 ngày nữa", "2025-06-21"),
        ("nhắc em NV05 thứ hai", "2025-06-23"),
        ("NV05 এর কথা ৩ দিন পর মনে করিয়ে দিন", "2025-06-21"),
    ],
)
def test_a_day_without_a_time_leaves_the_time_open(say: Say, text: str, day: str) -> None:
    assert say(text) == [{"intent": "remind", "sure": False, "item": "NV05", "date": day}]


def test_t6_alone_is_ambiguous_and_names_no_day(say: Say) -> None:
    act = say("nhắc em NV05 t6")[0]
    assert "date" not in act
    assert not act["sure"]


def test_a_ratio_is_no_date(say: Say) -> None:
    assert say("NV05 12/20 xã") == [{"intent": "update", "sure": True, "item": "NV05", "percent": 60}]
    assert say("CT08 112/160 trạm") == [{"intent": "update", "sure": True, "item": "CT08", "value": 112}]
    assert say("NV05 5/8 xã rồi") == [{"intent": "update", "sure": True, "item": "NV05", "percent": 62.5}]


def test_so_many_weeks_more_are_counted_from_the_date_that_stands(say: Say) -> None:
    assert say("NV43 xin thêm 2 tuần") == [{"intent": "extend", "sure": True, "item": "NV43", "date": "2025-08-14"}]


@pytest.mark.parametrize(
    "text",
    [
        "nhắc lại NV27 sau 3 ngày làm việc",
        "3 ngày làm việc nữa nhắc em NV27",
        "NV27 তিন কর্মদিবস পর মনে করিয়ে দিন",
        "NV27 ৩ কার্যদিবস পরে মনে করিয়ে দিন",
    ],
)
def test_working_days_leave_the_weekend_out(say: Say, text: str) -> None:
    """Three working days after Wednesday is Monday."""
    (act,) = say(text)
    assert (act["intent"], act["item"], act["date"]) == ("remind", "NV27", "2025-06-23")
