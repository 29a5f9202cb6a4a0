"""What looks like how an item stands and is something else: to come, ordered, left, added, a part, told by others.

The speaker's unit leads the items that are named, so nothing but the words themselves gives reason to ask.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.language.conftest import Say

UNSURE = {
    "to come, ordered, wished for, due": [
        "NV20 ৮০% হবে আগামী সপ্তাহে", "NV20 ৮০% করতে হবে", "NV20 ৮০% হয়ে যাবে", "NV20 কাল ৮০% হবে",
        "NV20 ৮০% পর্যন্ত নিতে চাই", "NV20 ৮০% হওয়ার কথা", "NV20 ৮০% করে ফেলব", "NV20 টাকা এলে শেষ",
        "NV20 শেষ করুন", "NV20 শেষ করে দেন", "NV20 দ্রুত শেষ করুন", "NV20 শেষ হলে ভালো", "NV20 শেষ হওয়ার আশা",
        "NV20 সম্পন্ন হওয়া উচিত ছিল", "NV20 শেষ করার অনুরোধ", "NV20 বন্ধ করা উচিত", "NV20 বন্ধ হয়ে যাবে",
        "nv20 80% hobe next week", "nv20 80% korte hobe", "nv20 80% hoye jabe", "nv20 80% nite chai",
        "nv20 80% done hobe",
        "nv20 shesh koren", "nv20 sesh kore den", "nv20 sesh hole bhalo", "nv20 sesh howar kotha",
        "nv20 kal sesh hobe",
        "nv20 hoàn thành đi", "nv20 xong thì tốt", "nv20 xong thi bao", "nv20 tuần sau 80%", "NV20 đến 30/6 được 80%",
        "NV20 cố lên 80%", "NV20 lẽ ra 80%", "NV20 lẽ ra phải xong rồi", "NV20 tí nữa là xong",
        "NV20 hoàn thành giúp em",
        "NV20 sắp dừng", "NV20 có nguy cơ dừng", "NV20 xin tạm dừng", "NV20 khi có máy mới được 80%",
    ],
    "assigned, planned, a share of a plan": [
        "nv20 được giao 80%", "Kế hoạch NV20 là 80%", "NV20 chỉ tiêu giao 80%", "NV20 mục tiêu quý này 80%",
        "NV20 theo kế hoạch 80%", "nv20 target 80%", "NV20 ৮০% টার্গেট", "NV20 লক্ষ্য ৮০%", "CT22 ৭০% লক্ষ্য",
        "CT22 đạt 90% kế hoạch",
    ],
    "left, added, fallen": [
        "NV20 ২০% বাকি আছে", "NV20 বাকি ২০%", "NV20 এর ২০ শতাংশ বাকি", "NV20 ২০% এখনো বাকি", "nv20 20% baki",
        "nv20 còn 20%", "nv20 cần thêm 20% nữa", "NV20 20% chưa làm", "NV20 ২০% কমেছে", "NV20 ২০% বেড়েছে",
        "NV20 tăng 20%",
        "NV20 chậm so với kế hoạch 20%", "CT07 xử lý xong 3 khu vực", "CT07 ৪টা এলাকা ঠিক হয়েছে",
        "CT08 ৫টা নতুন টাওয়ার",
        "CT22 còn 20%",
    ],
    "a part, or a share of something else": [
        "nv20 xong giai đoạn 1", "nv20 đã hoàn thành 1 phần", "NV20 giai đoạn 2 đạt 80%", "NV20 dừng một phần",
        "NV20 xong hết trừ phần tích hợp", "NV20 hoàn thành hơn nửa", "NV20 ৩টা কমিউন শেষ", "NV20 টেন্ডার শেষ",
        "nv20 প্রতিবেদন শেষ, কাজ না", "NV20 শেষ, তবে ২টা বাকি", "NV20 ৮০% টাকা খরচ হয়েছে", "NV20 80% cán bộ đồng ý",
        "NV20 lỗi 5%", "NV20 mấy huyện kia 80%", "NV20 toàn quốc 80%",
    ],
    "told by others, old, guessed, taken back": [
        "theo báo cáo cũ nv20 80%", "NV20 nhà thầu nói 80%", "NV20 anh Tuấn nói xong rồi", "NV20 ঠিকাদার বলছে ৮০%",
        "NV20 আগের রিপোর্টে ৮০% ছিল", "NV20 ৬০% ছিল", "NV20 trên hệ thống ghi 80%", "NV20 làm tròn 80%",
        "NV20 cứ ghi 80%",
        "chắc nv57 được 20%", "nv20 almost 80%", "NV20 হয়ে গেল প্রায়", "NV20 ৭০% ভুল লিখছি", "NV20 ghi nhầm 80%",
        "NV20 bảo là 80% nhưng thực ra không phải", "NV20 làm gì tới 80%", "NV20 আটকে ছিল", "NV20 আটকে নাই",
        "nv20 không bị dừng nữa",
    ],
    "meant otherwise, as an afterthought says": [
        "NV20 80%, nhầm rồi", "NV20 80%. Nhầm", "NV20 80%, đó là mục tiêu", "NV20 xong, chắc vậy",
        "NV20 xong, đùa thôi",
        "NV20 ৮০%, ভুল", "NV20 ৮০%, হবে আশা করি", "NV20 ৮০%, আন্দাজে", "nv20 sesh, moja korlam",
        "NV20 80%, theo nhà thầu",
    ],
    "out of range, or with words that nobody knows": [
        "nv20 -5%", "NV20 âm 5%", "nv20 minus 5%", "NV20 150%", "NV20 80% zubgrel", "CT20 zubgrel 3",
        "NV20 xong zubgrel",
    ],
}  # fmt: skip


@pytest.mark.parametrize("sort", UNSURE)
def test_no_report_of_it_is_sure(say: Say, sort: str) -> None:
    read = {text: say(text) for text in UNSURE[sort]}
    assert {text: acts for text, acts in read.items() if any(a["sure"] and a["intent"] == "update" for a in acts)} == {}


def update(item: str, sure: bool = True, **slots: Any) -> list[dict[str, Any]]:
    return [{"intent": "update", "sure": sure, "item": item, **slots}]


@pytest.mark.parametrize(
    "text", ["NV20 ২০% বাকি আছে", "nv20 20% baki", "nv20 còn 20%", "nv20 cần thêm 20% nữa", "NV20 còn thiếu 20%"]
)
def test_what_a_task_has_left_says_that_it_goes_on(say: Say, text: str) -> None:
    assert say(text) == update("NV20", sure=False, state="in_progress")


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("NV20 ৮০% হয়েছে, ২০% বাকি", {"percent": 80}),
        ("NV20 80% còn 20%", {"percent": 80}),
        ("NV20 72% rồi, tuần sau em báo tiếp", {"percent": 72}),
        ("NV20 72%, thiếu người", {"percent": 72, "difficulty": "thiếu người"}),
        ("CT08 এখন ১১৫টা টাওয়ার চালু", {"value": 115}),
        ("NV20 tạm dừng do chờ vốn", {"state": "blocked", "difficulty": "chờ vốn"}),
        ("NV20 60%, mục tiêu 80%", {"percent": 60}),
        ("NV20 tuần trước 60%, tuần này 65%", {"percent": 65}),
        ("NV20 আগে ৬০%, এখন ৬৫%", {"percent": 65}),
        ("NV20 từ 60% lên 70%", {"percent": 70}),
        ("ভুল বললাম, NV20 ৬৫% হবে", {"percent": 65}),
        ("NV20 làm được 3 phần 10", {"percent": 30}),
        ("NV20 xong hôm qua", {"state": "done"}),
        ("nv61 hoàn thành ngày 10/6", {"state": "done"}),
        ("CT44 có rồi", {"state": "done"}),
        ("CT07 còn 10 khu vực", {"value": 10}),
        ("ct30 1,2 nghìn", {"value": 1200}),
        ("CT30 ১.২ হাজার", {"value": 1200}),
        ("CT22 giảm còn 59%", {"value": 59}),
        ("CT22 বেড়ে ৬৩% হয়েছে", {"value": 63}),
        ("CT08 tăng 5 trạm lên 115", {"value": 115}),
        ("NV20 phải dừng vì hết tiền", {"state": "blocked", "difficulty": "hết tiền"}),
    ],
)
def test_near_misses_are_read_and_sure(say: Say, text: str, slots: dict[str, Any]) -> None:
    (act,) = say(text)
    assert [act] == update(act["item"], **slots)


def test_the_figure_of_today_counts_and_yesterdays_does_not(say: Say) -> None:
    assert say("nv20 hôm qua 60 hôm nay 65") == update("NV20", sure=False, percent=65)


def test_a_figure_below_nothing_is_none(say: Say) -> None:
    assert say("nv20 -5%") == update("NV20", sure=False)


def test_lakhs_are_grouped_by_two(say: Say) -> None:
    assert say("NV20: ৩,৫০,০০০টার মধ্যে ১,০৫,০০০টা হয়েছে")[0]["percent"] == 30


@pytest.mark.parametrize(
    ("text", "difficulty"),
    [
        ("ct17 98.5 hoise, boi gulo pochai gechhe", "boi gulo pochai gechhe"),
        ("CT17 এখন ৯৯%, দুটি কমিউনের বই অস্পষ্ট", "দুটি কমিউনের বই অস্পষ্ট"),
        ("nv30 70% hoyeche kintu lok nai, aro 2 jon lagbe", "lok nai"),
        ("NV20 70% rồi mà chưa nghiệm thu", "chưa nghiệm thu"),
        ("nv20 mới được có 65% thôi, nhà thầu làm ẩu", "nhà thầu làm ẩu"),
        ("NV20 80%. Mạng yếu quá", "Mạng yếu quá"),
        ("NV20 80%, zubgrel morp trem dask", "zubgrel morp trem dask"),
    ],
)
def test_what_is_said_after_a_figure_is_kept_as_the_difficulty(say: Say, text: str, difficulty: str) -> None:
    (act,) = say(text)
    assert act["difficulty"] == difficulty
    assert {"percent", "value"} & act.keys()


def test_a_figure_a_difficulty_and_a_proposal_in_one_message(say: Say) -> None:
    (act,) = say("CT41 95,5% còn 3 hệ thống của ngành y tế chưa gửi hồ sơ, đề nghị Sở Y tế gửi trước 25/6")
    assert act["value"] == 95.5
    assert act["difficulty"] == "3 hệ thống của ngành y tế chưa gửi hồ sơ"
    assert act["proposal"] == "Sở Y tế gửi trước 25/6"


@pytest.mark.parametrize("said", ["thiếu người", "hết tiền", "thiếu máy"])
def test_two_words_of_trouble_after_a_figure_are_its_difficulty(say: Say, said: str) -> None:
    assert say(f"NV05 60% {said}") == [
        {"sure": True, "intent": "update", "item": "NV05", "percent": 60, "difficulty": said}
    ]
