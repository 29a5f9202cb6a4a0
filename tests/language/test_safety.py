"""What sounds like a report or an order and is none: nothing false is written where a clerk would ask."""

from __future__ import annotations

import pytest

from bot.rules.acts import ACTIONS, Act, Intent
from tests.language.conftest import Say


@pytest.mark.parametrize(
    "text",
    [
        "tuần sau NV05 xong",
        "NV05 sẽ xong trước 30/6",
        "NV07 sesh hoye jabe next week",
        "NV05 chưa tới 50%",
        "NV05 ৫০% ও হয়নি",
        "NV05 phải đạt 80% trong tháng này",
        "nếu NV05 đạt 80% thì sao",
        "NV05 không phải 80%",
        "CT05 tăng thêm 5 đợt",
        "CT08 còn thiếu 48 trạm nữa",
        "NV99 80%",
        "NV05 gia hạn đến 30/7 rồi à?",
        "đã nhắc NV05 chưa",
        "phần mềm NV05 chỉ có tiếng Anh",
        "nâng mục tiêu CT22 lên 75%",
        "CT08 এর টার্গেট ১৬০ থেকে ১৮০ করেন",
        "xóa chỉ tiêu 12",
        "৫০% ছাড়ে ফাইবার ইন্টারনেট নিন, অফার ৩০ জুন পর্যন্ত!",
        "Nghị định 42 quy định thế nào về DVC toàn trình",
        "NV05 xin lùi hạn đến 1/6",
        "70%",
        "xong rồi",
        "xăng tăng 5% rồi",
        "VN-Index giảm 2%",
        "bầu cử đạt 99%",
        "khuyến mãi giảm 50% camera hôm nay",
        "gia hạn hộ chiếu ở đâu",
        "hủy lịch họp chiều nay",
        "em cần phiên dịch tiếng Anh",
        "hoàn thành nghĩa vụ quân sự",
        "মিটিং বাতিল",
        "ইংরেজি শিক্ষক দরকার",
        "ছেলে ৯০% নম্বর পেয়েছে",
        "amar phone er charge sesh",
        "দেশের ৮০% মানুষ মোবাইল চালায়",
        "NV02 almost done",
        "NV05 xong 2/3",
    ],
)
def test_no_action_is_sure(say: Say, text: str) -> None:
    assert [act for act in say(text) if act["intent"] in ACTIONS and act["sure"]] == []


def test_an_unknown_code_never_falls_to_the_item_replied_to(say: Say) -> None:
    assert say("NV99 80%", reply_to="NV05") == [{"intent": "update", "sure": False, "percent": 80}]


def test_two_different_figures_are_not_sure(say: Say) -> None:
    assert not say("NV05 60% 80%")[0]["sure"]


def test_a_figure_only_compared_with_does_not_count(say: Say) -> None:
    assert say("CT19: 98,4% (kế hoạch quý II là 98%)") == [
        {"intent": "update", "sure": True, "item": "CT19", "value": 98.4}
    ]
    assert say("CT22 আগের মাসে ৫৮ ছিল এখন ৬২")[0]["value"] == 62


def test_several_items_and_several_wishes_in_one_message(say: Say) -> None:
    assert [(a["intent"], a["item"]) for a in say("NV02 80%, NV05 xong, NV06 vẫn 35% vì chờ máy chủ")] == [
        ("update", "NV02"),
        ("update", "NV05"),
        ("update", "NV06"),
    ]
    assert [a["intent"] for a in say("NV05 của ai vậy, hạn bao giờ?")] == ["owner", "deadline"]
    assert [a["intent"] for a in say("NV22 được 93% nhưng xin lùi hạn đến hết tháng 6")] == ["update", "extend"]


def test_ties_are_candidates_and_never_a_guess(say: Say) -> None:
    (act,) = say("chữ ký số đến đâu rồi")
    assert act["intent"] == "detail"
    assert set(act["candidates"]) == {"CT29", "CT37", "NV47", "NV57"}
    assert not act["sure"]
    assert "item" not in act


def test_a_follow_up_names_the_item_of_the_same_kind(say: Say) -> None:
    before = Act(Intent.DETAIL, {"item": "CT30"})
    assert say("আর ৩১ নম্বরটা?", previous=before) == [{"intent": "detail", "sure": True, "item": "CT31"}]
