"""Anyone asks, in their own language: lists are turned and opened in place, several that fit are asked about."""

from __future__ import annotations

import re

from tests.scenarios.conftest import Town, town_of

# Digits that belong to no code, and letters that only Vietnamese has: a Bengali answer has neither.
FOREIGN = re.compile(r"(?<![A-Z0-9])[0-9]|[À-ɏḀ-ỿ]")


# ---------------------------------------------------------------- what is behind


async def test_the_chair_asks_which_targets_are_behind_and_follows_up(town: Town) -> None:
    answer = await town.says(town.chair, "chỉ tiêu nào đang chậm?")
    first, second, *_ = answer.text.splitlines()
    assert first == "10 chỉ tiêu chậm tiến độ: 3 quá hạn, 7 chậm tiến độ"
    assert second == "🟡 Ngoài ra 6 có nguy cơ chậm"
    assert "quá hạn 49 ngày (hạn 30/4); đạt 50% lộ trình theo số liệu 9/6" in answer.text
    assert answer.text.index("CT41") < answer.text.index("CT07") < answer.text.index("CT16")
    assert "⚪ Thiếu số liệu: CT26" in answer.text
    health = await town.says(town.chair, "còn Sở Y tế?")
    assert health.text.startswith("1 chỉ tiêu chậm tiến độ\nSở Y tế")


async def test_the_same_in_bengali_with_a_follow_up(town: Town) -> None:
    answer = await town.says(town.office_bn, "কোন লক্ষ্যমাত্রাগুলো পিছিয়ে?")
    assert answer.text.startswith("১০টি লক্ষ্যমাত্রা পিছিয়ে আছে")
    assert "এখন পর্যন্ত হওয়ার কথা ৯৩.৩%" in answer.text
    assert not FOREIGN.search(answer.text)
    health = await town.says(town.office_bn, "আর স্বাস্থ্য বিভাগ?")
    assert health.text.startswith("১টি লক্ষ্যমাত্রা পিছিয়ে আছে\nস্বাস্থ্য বিভাগ")


async def test_a_list_is_turned_and_opened_in_the_same_message(town: Town) -> None:
    one = await town.says(town.chair, "chỉ tiêu nào đang chậm?")
    two = await town.presses(town.chair, one, "Sau ›")
    assert (two.message_id, two.edited) == (one.message_id, True)
    assert "Trang 2/2" in two.text
    assert "CT41" not in two.text
    detail = await town.presses(town.chair, two, "CT36")
    assert detail.message_id == one.message_id
    for part in ("Chủ trì: Sở Y tế", "Hạn 31/12/2025; còn 196 ngày", "Báo cáo gần nhất", "Đến nay phải đạt: 46,2%"):
        assert part in detail.text
    history = await town.presses(town.chair, detail, "Lịch sử")
    assert "20/3: 38% – Đặng Thị Lan Phương" in history.text
    again = await town.presses(town.chair, history, "‹ Quay lại")
    assert again.text == detail.text
    back = await town.presses(town.chair, again, "‹ Quay lại")
    assert back.text == two.text, "back on the page that it was opened from"
    risk = await town.presses(town.chair, back, "🟡 Nguy cơ chậm (6)")
    assert risk.text.startswith("6 chỉ tiêu có nguy cơ chậm")
    behind = await town.presses(town.chair, risk, "‹ Quay lại")
    blank = await town.presses(town.chair, behind, "⚪ Thiếu số liệu (2)")
    assert "chưa có số liệu gốc để so sánh" in blank.text


async def test_an_old_message_answers_with_todays_figures(town: Town) -> None:
    old = await town.says(town.leader, "chỉ tiêu nào đang chậm?")
    assert "CT41" in old.text
    await town.says(town.leader, "CT41 đạt 100%")
    two = await town.presses(town.leader, old, "Sau ›")
    one = await town.presses(town.leader, two, "‹ Trước")
    assert one.text.startswith("9 chỉ tiêu chậm tiến độ: 2 quá hạn, 7 chậm tiến độ")
    assert "CT41" not in one.text


# ---------------------------------------------------------------- one question after the other


async def test_it_means_what_was_opened_last(town: Town) -> None:
    behind = await town.says(town.chair, "chỉ tiêu nào đang chậm?")
    await town.presses(town.chair, behind, "CT07")
    due = await town.says(town.chair, "bao giờ đến hạn?")
    assert due.text.startswith("Hạn 30/6/2025; còn 12 ngày\nCT07")


async def test_a_detail_lets_those_report_who_may(town: Town) -> None:
    other = await town.says(town.leader_bn, "NV20 এর খবর কী")
    assert other.labels == ("ইতিহাস", "📊 ছবিতে দেখুন")
    detail = await town.says(town.leader, "NV20 sao rồi")
    prompt = await town.presses(town.leader, detail, "Báo cáo")
    assert "NV20" in prompt.text
    card = await town.says(town.leader, "75%", reply_to=prompt)
    assert "60% → 75%" in card.text


# ---------------------------------------------------------------- the other questions


VIETNAMESE = {
    "tình hình chung sao rồi": "Chỉ tiêu đạt: 9/44 · Nhiệm vụ hoàn thành: 18/66",
    "bao nhiêu chỉ tiêu đạt rồi": "9 chỉ tiêu đã đạt, trên tổng số 44",
    "NV34 hạn khi nào": "Hạn 30/6/2025; còn 12 ngày",
    "NV56 ai làm": "Đặng Thị Lan Phương (lãnh đạo, Sở Y tế)",
    "đơn vị nào chưa báo cáo tháng này": "đơn vị chưa báo cáo",
    "sở nào đội sổ": "Xếp hạng đơn vị, từ thấp lên cao\nTheo tỷ lệ chỉ tiêu, nhiệm vụ chủ trì",
    "sở y tế đề xuất những gì": "Khó khăn, đề xuất chưa được giải quyết\nSở Y tế",
    "tháng 7 có nhiệm vụ nào đến hạn không": "nhiệm vụ đến hạn\ntháng 7 năm 2025",
}
BENGALI = {
    "সার্বিক অগ্রগতি কেমন?": "লক্ষ্যমাত্রা অর্জিত: ৯/৪৪ · কাজ সম্পন্ন: ১৮/৬৬",
    "কতগুলো লক্ষ্যমাত্রা অর্জিত হয়েছে?": "৯টি লক্ষ্যমাত্রা অর্জিত হয়েছে, মোট ৪৪টির মধ্যে",
    "CT21 এর হাতে আর কয়দিন আছে?": "সময়সীমা ৩০/৬/২০২৫",
    "NV35 কার দায়িত্বে?": "প্রধান দপ্তর:",
    "কারা এখনো রিপোর্ট দেয়নি?": "প্রতিবেদন দেয়নি\n১/৬/২০২৫ – ১৮/৬/২০২৫",
    "স্বাস্থ্য বিভাগের প্রস্তাবগুলো কী ছিল": "স্বাস্থ্য বিভাগ",
}


async def test_every_other_question_in_vietnamese(town: Town) -> None:
    for text, part in VIETNAMESE.items():
        answer = await town.says(town.chair, text)
        assert part in answer.text, text


async def test_every_other_question_in_bengali(town: Town) -> None:
    for text, part in BENGALI.items():
        answer = await town.says(town.office_bn, text)
        assert part in answer.text, text
        assert not re.search(r"(?<![A-Z0-9])[0-9]", answer.text), text


async def test_history_shows_what_was_taken_back(town: Town) -> None:
    card = await town.says(town.leader, "NV20 80%")
    await town.presses(town.leader, card, "Hoàn tác")
    await town.leader.next_message()  # the card loses its buttons
    history = await town.says(town.leader, "lịch sử NV20")
    assert "18/6: 80% – Phạm Đăng Khoa (đã thu hồi)" in history.text


# ---------------------------------------------------------------- what fits several, nothing, or is no text


async def test_several_that_fit_are_asked_about_and_answered_by_a_press_or_by_typing(town: Town) -> None:
    question = await town.says(town.chair, "OCOP hạn ngày nào")
    assert question.text.startswith("Có nhiều nội dung phù hợp")
    assert 2 <= len(question.labels) <= 4
    answer = await town.presses(town.chair, question, next(x for x in question.labels if x.startswith("NV49")))
    assert answer.message_id == question.message_id
    assert "Hạn 30/6/2025" in answer.text
    question = await town.says(town.office, "OCOP hạn ngày nào")
    place = [label.split()[0] for label in question.labels].index("NV49") + 1
    answer = await town.says(town.office, str(place))
    assert answer.text.startswith("Hạn 30/6/2025")
    assert "NV49" in answer.text


async def test_another_file_is_declined_with_what_can_be_had(town: Town) -> None:
    answer = await town.says(town.chair, "xuất file ics cho anh")
    assert "tệp lịch" in answer.text
    workbook = await town.presses(town.chair, answer, "Gửi tệp Excel")
    assert workbook.document is not None
    assert workbook.document.name.endswith(".xlsx")


async def test_what_is_no_text_gets_one_sentence(town: Town) -> None:
    for send in (town.leader.voice, town.leader.sticker, town.leader.location):
        send()
        answer = await town.leader.next_message()
        assert answer.text.startswith("Tôi chỉ đọc được tin nhắn chữ")
    town.leader_bn.voice()
    assert (await town.leader_bn.next_message()).text.startswith("আমি শুধু লেখা পড়তে পারি")


async def test_a_forged_press_is_answered_not_obeyed(town: Town) -> None:
    behind = await town.says(town.chair, "chỉ tiêu nào đang chậm?")
    for data in ("page:x", "item:NV99", "nth:99", "part:nonsense", "which:0", "item:"):
        town.chair.forge(data, behind)
        seen = await town.chair.next()
        assert seen is not None
    fresh = await town.says(town.chair, "chỉ tiêu nào đang chậm?")
    assert fresh.text == behind.text


async def test_where_leaders_see_only_their_own(database: str) -> None:
    async with town_of(database, TIENDO_LEADERS_SEE_ALL="no") as town:
        other = await town.says(town.deputy, "NV20 sao rồi")
        assert "thuộc đơn vị khác" in other.text
        unit = await town.says(town.deputy, "Sở Công Thương tới giờ thế nào")
        assert "không phải đơn vị của anh/chị" in unit.text
        mine = await town.says(town.deputy, "nhiệm vụ nào đang chậm?")
        assert "chỉ gồm phần việc có đơn vị của anh/chị tham gia" in mine.text
        whole = await town.says(town.chair, "NV20 sao rồi")
        assert "NV20" in whole.text
        town.deputy.forge("item:NV20", mine)
        assert "thuộc đơn vị khác" in (await town.deputy.next_message()).text
