"""Looking rather than reading: pictures with their figures as text, reports, the workbook, the way to the live page."""

from __future__ import annotations

import re
from io import BytesIO

from openpyxl import load_workbook

from bot.demo.people import Message
from tests.scenarios.conftest import Town

PNG = b"\x89PNG\r\n\x1a\n"


def picture(message: Message) -> bytes:
    """The picture of a message, which has one."""
    assert message.photo is not None
    return message.photo.content


async def test_a_summary_is_a_picture_with_its_figures_as_text(town: Town) -> None:
    card = await town.says(town.chair, "tình hình chung thế nào?")
    assert picture(card).startswith(PNG)
    for figure in ("9/44", "18/66", "CT41", "31/5", "18/6/2025"):
        assert figure in card.text
    behind = await town.presses(town.chair, card, "🔴 Quá hạn (10)")
    assert behind.text.startswith("3 chỉ tiêu và 7 nhiệm vụ quá hạn")
    assert behind.photo is None


async def test_the_command_card_in_bengali_has_bengali_digits(town: Town) -> None:
    card = await town.says(town.office_bn, "/card")
    assert picture(card).startswith(PNG)
    assert "৯/৪৪" in card.text
    assert not any(
        digit in card.text.replace("CT41", "").replace("NV13", "").replace("CT17", "") for digit in "0123456789"
    )


async def test_the_picture_turns_dark_and_takes_in_what_was_reported_since(town: Town) -> None:
    card = await town.says(town.chair, "/card")
    light = picture(card)
    await town.says(town.leader, "NV13 xong rồi")
    dark = await town.presses(town.chair, card, "🌙 Nền tối")
    assert dark.message_id == card.message_id
    assert picture(dark) != light
    assert "19/66" in dark.text
    assert "☀️ Nền sáng" in dark.labels


async def test_an_item_a_unit_and_the_ranking_have_pictures(town: Town) -> None:
    detail = await town.says(town.leader, "CT04 tới đâu rồi?")
    item = await town.presses(town.leader, detail, "📊 Xem bằng hình")
    assert picture(item).startswith(PNG)
    assert "268 tin, bài" in item.text
    unit = await town.says(town.leader, "tình hình Sở Y tế thế nào?")
    assert picture(unit).startswith(PNG)
    assert "Sở Y tế" in unit.text
    ranking = await town.says(town.chair, "đơn vị nào làm tốt nhất?")
    ranked = await town.presses(town.chair, ranking, "📊 Xem bằng hình")
    assert picture(ranked).startswith(PNG)
    assert "Công an tỉnh" in ranked.text


async def test_a_reply_to_a_picture_of_an_item_is_a_report_on_it(town: Town) -> None:
    detail = await town.says(town.leader, "NV20 sao rồi")
    item = await town.presses(town.leader, detail, "📊 Xem bằng hình")
    card = await town.says(town.leader, "75%", reply_to=item)
    assert "60% → 75%" in card.text


# ---------------------------------------------------------------- files


async def test_the_meetings_report_comes_as_pdf_and_as_word_with_its_figures(town: Town) -> None:
    waiting = await town.says(town.chair, "xuất báo cáo pdf")
    assert waiting.text == "⏳ Đang lập báo cáo…"
    pdf = await town.chair.next_message()
    assert pdf.document is not None
    assert pdf.document.content.startswith(b"%PDF")
    assert "9/44" in pdf.text
    assert pdf.document.name == "report_2025-06-01_2025-06-18.pdf"
    ready = await town.chair.next_message()
    assert ready.message_id == waiting.message_id
    assert ready.text.startswith("✅")
    await town.presses(town.chair, pdf, "Bản Word để chỉnh sửa")
    word = await town.chair.next_message()
    assert word.document is not None
    assert word.document.content.startswith(b"PK")
    assert word.document.name.endswith(".docx")


async def test_a_report_of_a_quarter_says_so(town: Town) -> None:
    await town.says(town.chair, "gửi anh file word báo cáo quý 2")
    word = await town.chair.next_message()
    assert word.document is not None
    assert word.document.name == "report_2025-04-01_2025-06-30.docx"
    assert "quý II/2025" in word.text


async def test_the_chart_is_the_card(town: Town) -> None:
    card = await town.says(town.office_bn, "চার্ট আকারে পাঠান")
    assert picture(card).startswith(PNG)
    assert "৯/৪৪" in card.text


async def test_the_workbook_has_the_standings_and_loads_back_unchanged(town: Town) -> None:
    sent = await town.says(town.office, "/export")
    assert sent.document is not None
    book = load_workbook(BytesIO(sent.document.content))
    sheet = book["Tiến độ"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert len(rows) == 110
    assert rows["NV13"][6] == "quá hạn"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:P111")
    assert book["Đơn vị"].max_row == 31
    town.office.document(sent.document.content, "plan.xlsx")
    told = await town.office.next_message()
    assert "không có gì thay đổi" in told.text.lower()


async def test_a_large_workbook_tells_how_many_rows_were_read(town: Town) -> None:
    sent = await town.says(town.office, "/export")
    assert sent.document is not None
    content, size = sent.document.content, 3 * 1024 * 1024
    town.office.document(content, "plan.xlsx", size=size)
    reading = await town.office.next_message()
    assert reading.text == "⏳ Đang đọc tệp…"
    done = await town.office.next_message()
    assert done.message_id == reading.message_id
    assert re.fullmatch(r"✅ Đã đọc \d{3} dòng\.", done.text)
    assert "không có gì thay đổi" in (await town.office.next_message()).text.lower()


async def test_the_week_begins_with_the_card_for_those_who_oversee(town: Town) -> None:
    await town.until("2025-06-23T08:00")  # a Monday
    card = await town.chair.next_message()
    if not card.photo:  # the week's digest in words comes as well
        card = await town.chair.next_message()
    assert picture(card).startswith(PNG)
    assert card.text.startswith("🗓 Đầu tuần")
    assert "9/44" in card.text
    dark = await town.presses(town.chair, card, "🌙 Nền tối")
    assert dark.message_id == card.message_id
    await town.passes(hours=1)
    assert len([m for m in town.chair.messages if m.photo]) == 1
