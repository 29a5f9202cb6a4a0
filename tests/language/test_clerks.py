"""How two careful clerks agreed to read doubtful messages, sentence by sentence."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rules.acts import Act, Intent
from tests.language.conftest import Say


def update(item: str, sure: bool = True, **slots: Any) -> dict[str, Any]:
    return {"intent": "update", "sure": sure, "item": item, **slots}


@pytest.mark.parametrize("text", ["NV05 xong", "NV05 hoàn thành rồi", "NV05 শেষ", "nv05 shesh"])
def test_done_says_the_state_and_no_percent(say: Say, text: str) -> None:
    assert say(text) == [update("NV05", state="done")]


@pytest.mark.parametrize(
    ("text", "percent"), [("NV05 đạt 93%", 93), ("NV05 ৬০% সম্পন্ন", 60), ("NV05 hoàn thành 80%", 80)]
)
def test_a_figure_says_the_figure_and_no_state(say: Say, text: str, percent: int) -> None:
    assert say(text) == [update("NV05", percent=percent)]


@pytest.mark.parametrize(
    "text",
    [
        "NV05 chưa xong",
        "NV05 gần xong",
        "NV05 còn 3 cái nữa",
        "NV05 শেষের পথে",
        "NV05 এখনো শেষ হয়নি",
        "NV05 sắp xong rồi",
    ],
)
def test_nearly_done_is_in_progress_and_not_sure(say: Say, text: str) -> None:
    assert say(text) == [update("NV05", sure=False, state="in_progress")]


@pytest.mark.parametrize("text", ["NV05 khoảng 80%", "NV05 প্রায় ৮০%", "NV05 tầm 80% thôi", "nv05 pray 80%"])
def test_a_hedge_keeps_the_figure_and_is_not_sure(say: Say, text: str) -> None:
    assert say(text) == [update("NV05", sure=False, percent=80)]


@pytest.mark.parametrize("text", ["CT08 60%", "CT08 đạt 60%", "CT08 ৬০% হয়েছে"])
def test_a_percent_of_a_counted_target_stays_a_percent_and_is_not_sure(say: Say, text: str) -> None:
    assert say(text) == [update("CT08", sure=False, percent=60)]


def test_a_percent_of_a_target_measured_in_percent_is_its_value(say: Say) -> None:
    assert say("CT22 85%") == [update("CT22", value=85)]
    assert say("NV05 85%") == [update("NV05", percent=85)]


def test_an_obstacle_alone_is_a_difficulty(say: Say) -> None:
    assert say("NV40 khó khăn: ngân hàng chưa mở cổng") == [update("NV40", difficulty="ngân hàng chưa mở cổng")]
    assert say("NV40 সমস্যা: ব্যাংক গেটওয়ে খোলেনি") == [update("NV40", difficulty="ব্যাংক গেটওয়ে খোলেনি")]


@pytest.mark.parametrize("text", ["NV40 tạm dừng", "NV40 dừng hẳn", "NV40 আটকে আছে, কাজ বন্ধ", "NV40 bi dung han roi"])
def test_blocked_is_said_only_where_work_has_stopped(say: Say, text: str) -> None:
    assert say(text)[0]["state"] == "blocked"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("nhiệm vụ nào trễ hạn", "overdue"),
        ("nhiệm vụ nào quá hạn", "overdue"),
        ("কোন কাজের মেয়াদ পেরিয়েছে", "overdue"),
        ("nhiệm vụ nào chậm", "behind"),
        ("nhiệm vụ nào chậm tiến độ", "behind"),
        ("কোন কাজ পিছিয়ে", "behind"),
        ("nhiệm vụ nào còn tồn", "not_done"),
        ("những nhiệm vụ còn lại", "not_done"),
        ("কোন কাজ বাকি", "not_done"),
        ("pending task nào", "not_done"),
    ],
)
def test_the_states_of_a_question(say: Say, text: str, state: str) -> None:
    assert say(text) == [{"intent": "list", "sure": True, "kind": "task", "state": state}]


def test_who_has_not_reported_is_silent_and_what_was_reported_is_history(say: Say) -> None:
    assert say("Sở Y tế chưa báo cáo") == [{"intent": "silent", "sure": True, "unit": "SYT"}]
    assert say("স্বাস্থ্য বিভাগ প্রতিবেদন দেয়নি") == [{"intent": "silent", "sure": True, "unit": "SYT"}]
    assert say("Sở Y tế đã báo cáo những gì") == [{"intent": "history", "sure": True, "unit": "SYT"}]


@pytest.mark.parametrize("text", ["NV22 được 80% chưa?", "NV22 xong chưa", "NV22 কি শেষ হয়েছে?"])
def test_is_it_finished_is_a_question_about_the_item(say: Say, text: str) -> None:
    assert say(text) == [{"intent": "detail", "sure": True, "item": "NV22"}]


@pytest.mark.parametrize("text", ["NV22 còn mấy ngày", "NV22 còn bao nhiêu ngày nữa", "NV22 এর আর কয়দিন বাকি"])
def test_how_many_days_left_is_the_deadline(say: Say, text: str) -> None:
    assert say(text) == [{"intent": "deadline", "sure": True, "item": "NV22"}]


def test_the_item_replied_to_fills_in(say: Say) -> None:
    assert say("được 70%", reply_to="NV40") == [update("NV40", percent=70)]
    assert say("mai 8h nhắc lại", reply_to="NV40")[0]["item"] == "NV40"
    assert say("xin lùi đến 30/7", reply_to="NV40")[0]["item"] == "NV40"
    assert say("hạn khi nào", reply_to="NV40") == [{"intent": "deadline", "sure": True, "item": "NV40"}]


def test_a_follow_up_keeps_what_it_does_not_replace(say: Say) -> None:
    before = Act(Intent.LIST, {"kind": "task", "state": "overdue", "unit": "STC"})
    assert say("còn Sở Y tế thì sao?", previous=before) == [
        {"intent": "list", "sure": True, "kind": "task", "state": "overdue", "unit": "SYT"}
    ]
    assert say("আর স্বাস্থ্য বিভাগ?", previous=before)[0]["unit"] == "SYT"


def test_this_period_is_the_whole_calendar_period(say: Say) -> None:
    assert say("tháng này có nhiệm vụ nào đến hạn")[0]["period"] == {"from": "2025-06-01", "to": "2025-06-30"}
    assert say("tuần này có nhiệm vụ nào đến hạn")[0]["period"] == {"from": "2025-06-16", "to": "2025-06-22"}
    assert say("quý này có nhiệm vụ nào đến hạn")[0]["period"] == {"from": "2025-04-01", "to": "2025-06-30"}
    assert say("এ বছর কোন কাজ শেষ হয়েছে")[0]["period"] == {"from": "2025-01-01", "to": "2025-12-31"}


def test_an_extension_without_a_date_or_a_reminder_without_a_time_is_not_sure(say: Say) -> None:
    assert say("NV05 xin gia hạn") == [{"intent": "extend", "sure": False, "item": "NV05"}]
    assert say("nhắc lại NV05 nhé") == [{"intent": "remind", "sure": False, "item": "NV05"}]


@pytest.mark.parametrize("text", ["NV05 60%, à nhầm, 70%", "NV05 ৬০% না না ৭০%", "NV05 60% à không 70%"])
def test_a_correction_counts_once_as_corrected(say: Say, text: str) -> None:
    assert say(text) == [update("NV05", percent=70)]


def test_a_greeting_before_a_request_is_only_the_request(say: Say) -> None:
    assert say("Dạ em chào anh, cho em hỏi NV05 hạn khi nào ạ") == say("NV05 hạn khi nào")
    assert say("নমস্কার দাদা, NV05 এর সময়সীমা কবে") == say("NV05 এর সময়সীমা কবে")


@pytest.mark.parametrize(
    "text",
    [
        "chuyển NV05 cho sở khác làm",
        "hạ mục tiêu CT07 xuống 5",
        "thêm một chỉ tiêu mới về camera",
        "xóa chỉ tiêu 12",
        "kinh phí NV05 bao nhiêu",
        "số điện thoại giám đốc Sở Y tế",
        "Nghị định 42 quy định gì",
        "mai trời có mưa không",
        "ai ký báo cáo quý này?",
        "বাজেট কত বাড়ানো যাবে?",
        "NV05 অন্য বিভাগকে দিয়ে দিন",
        "CT07 এর লক্ষ্য কমিয়ে ৮০ করুন",
    ],
)
def test_what_the_bot_does_not_do_is_none(say: Say, text: str) -> None:
    assert say(text) == [{"intent": "none", "sure": True}]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("CT22 93,4%", 93.4),
        ("CT22 ৯৩,৪ %", 93.4),
        ("CT30 1.080 cơ sở", 1080),
        ("CT30 ১,০৮০", 1080),
        ("CT22 tám mươi phần trăm", 80),
        ("CT22 ষাট শতাংশ", 60),
        ("CT22 chín mươi ba phẩy bốn phần trăm", 93.4),
        ("CT22 ba phần tư", 75),
    ],
)
def test_numbers_in_either_writing_and_in_words(say: Say, text: str, value: float) -> None:
    assert say(text) == [update("CT22" if "CT22" in text else "CT30", value=value)]
