"""The office sends the plan's workbook, sees the dry run, presses "Load"; and gets it back by /export."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select, update

from bot.__main__ import main
from bot.cli_plan import standing_lines
from bot.demo.people import Message
from bot.rules.plan import Goal, Item, Kind, Plan
from bot.rules.record import Report
from bot.services.loading import stored_plan
from bot.workbook import Loaded, read_workbook
from storage.tables import AuditRow, EvidenceRow, MessageRow, PersonRow, PostRow, ReportRow, UnitRow
from tests.places import Places
from tests.scenarios.conftest import SAMPLE, Town, town_of

TODAY = date(2025, 6, 18)
Shell = Callable[..., tuple[int, str, str]]  # a command's words: its exit code, what it printed, what it complained of
TARGETS, TASKS = "Chỉ tiêu", "Nhiệm vụ"


def changed(change: Callable[[Any], None] | None = None) -> bytes:
    """The sample plan's workbook, changed."""
    book = openpyxl.load_workbook(SAMPLE)
    if change:
        change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def goal_of_ct02(town: Town) -> str:
    goal = plan_of(town).item["CT02"].goal
    assert goal is not None
    return goal.text


def plan_of(town: Town) -> Plan:
    plan = town.store.read_now(stored_plan, TODAY, 2025)
    assert plan is not None
    return plan


def count(town: Town, table: type[Any]) -> int:
    return town.store.read_now(lambda session: session.scalar(select(func.count()).select_from(table)) or 0)


async def sent(town: Town, who: str, content: bytes, name: str = "ke hoach.xlsx", **more: Any) -> Message:
    """The bot's answer to a file."""
    person = getattr(town, who)
    person.document(content, name, **more)
    message: Message = await person.next_message()
    return message


def raise_goal(book: Any) -> None:
    book[TARGETS]["G7"] = "≤ 30"


def strange_unit(book: Any) -> None:
    book[TASKS]["I6"] = "Sở Vũ trụ"


def one_task(book: Any) -> None:
    book[TASKS].delete_rows(7, book[TASKS].max_row)


def one_strange_task(book: Any) -> None:
    one_task(book)
    strange_unit(book)


def many_errors(book: Any) -> None:
    for row in range(6, 60):
        if book[TASKS].cell(row, 2).value:  # no section row
            book[TASKS].cell(row, 5).value = f"CT9{row}"


async def test_the_office_loads_a_changed_plan(town: Town) -> None:
    offer = await sent(town, "office", changed(raise_goal))
    assert "Kế hoạch năm 2025" in offer.text
    assert "chưa lưu gì" in offer.text
    assert "CT02" in offer.text
    assert "≤ 40 → ≤ 30" in offer.text
    assert goal_of_ct02(town) == "≤ 40"
    done = await town.presses(town.office, offer, "Nạp kế hoạch")
    assert "Đã nạp kế hoạch." in done.text
    assert (await town.office.next_message()).labels == ()  # the offer has lost its buttons
    assert "Chỉ tiêu: sửa 1" in done.text
    assert goal_of_ct02(town) == "≤ 30"
    answer = await town.says(town.leader, "NV20 70%")
    assert "60% → 70%" in answer.text


async def test_in_bengali(town: Town) -> None:
    offer = await sent(town, "office_bn", changed(raise_goal))
    assert "২০২৫ সালের পরিকল্পনা" in offer.text
    assert "এখনো কিছু সংরক্ষণ করা হয়নি" in offer.text
    done = await town.presses(town.office_bn, offer, "লোড করুন")
    assert "পরিকল্পনা লোড হয়েছে।" in done.text


async def test_the_same_file_says_nothing_new_and_offers_nothing(town: Town) -> None:
    answer = await sent(town, "office", SAMPLE.read_bytes())
    assert "Không có gì thay đổi" in answer.text
    assert answer.labels == ()


async def test_cancelled_and_used_offers_do_nothing_more(town: Town) -> None:
    before = count(town, AuditRow)
    offer = await sent(town, "office", changed(raise_goal))
    answer = await town.presses(town.office, offer, "Hủy")
    assert "Không nạp kế hoạch." in answer.text
    town.office.forge("load:yes", offer)
    assert (await town.office.next_answer()).text
    assert count(town, AuditRow) == before


async def test_unknown_units_are_added_at_a_press(town: Town) -> None:
    offer = await sent(town, "office", changed(strange_unit))
    assert "dòng 6, cột I" in offer.text
    assert "Sở Vũ trụ" in offer.text
    again = await town.presses(town.office, offer, "Thêm đơn vị và kiểm tra lại")
    assert "Đơn vị: thêm 1" in again.text
    assert "chưa lưu gì" in again.text
    assert plan_of(town).item["NV01"].leads != ("SVT",)  # nothing is written before "Load"
    assert (await town.office.next_message()).labels == ()  # the first offer has lost its buttons
    done = await town.presses(town.office, again, "Nạp kế hoạch")
    assert "Đơn vị: thêm 1" in done.text
    assert plan_of(town).item["NV01"].leads == ("SVT",)


@pytest.mark.parametrize(
    ("who", "add", "warning", "total", "drop"),
    [
        (
            "office",
            "Thêm đơn vị và kiểm tra lại",
            "Tệp này bỏ 65/110 chỉ tiêu, nhiệm vụ của kế hoạch hiện tại",
            "Chỉ tiêu và nhiệm vụ: rút 65, sửa 1, giữ nguyên 44",
            "Nạp và bỏ 65 nội dung",
        ),
        (
            "office_bn",
            "দপ্তরগুলো যোগ করে আবার যাচাই করুন",
            "১১০টি লক্ষ্যমাত্রা ও কাজের মধ্যে ৬৫টি বাদ পড়ছে",
            "লক্ষ্যমাত্রা ও কাজ: প্রত্যাহার ৬৫টি, পরিবর্তন ১টি, অপরিবর্তিত ৪৪টি",
            "৬৫টি বিষয় বাদ দিয়ে লোড করুন",
        ),
    ],
)
async def test_a_part_of_the_plan_does_not_replace_it_unawares(
    town: Town, who: str, add: str, warning: str, total: str, drop: str
) -> None:
    office = getattr(town, who)
    offer = await sent(town, who, changed(one_strange_task))
    dry = await town.presses(office, offer, add)
    assert warning in dry.text
    assert total in dry.text
    assert dry.labels[-1] == drop
    assert len(list(plan_of(town).live)) == 110
    await office.next_message()  # the first offer has lost its buttons
    office.forge("load:yes", dry)  # an ordinary press loads no such thing
    assert warning in (await office.next_message()).text
    assert len(list(plan_of(town).live)) == 110


async def test_a_part_of_the_plan_replaces_it_where_that_is_meant(town: Town) -> None:
    offer = await sent(town, "office", changed(one_task))
    done = await town.presses(town.office, offer, "Nạp và bỏ 65 nội dung")
    assert "Đã nạp kế hoạch." in done.text
    assert "Nhiệm vụ: rút 65" in done.text
    assert len(list(plan_of(town).live)) == 45


async def test_many_errors_come_as_a_file_and_cannot_be_loaded(town: Town) -> None:
    offer = await sent(town, "office", changed(many_errors))
    assert "lỗi trước. Chưa lưu gì" in offer.text
    assert offer.labels == ()
    assert offer.document is not None
    whole = offer.document.content.decode()
    assert "dòng 6, cột E" in whole
    assert "“CT959”" in whole


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "plan.xlsx", "không phải là bảng tính Excel"),
        (SAMPLE.read_bytes()[:20_000], "plan.xlsx", "hỏng hoặc không đầy đủ"),
        (b"a;b;c\n", "plan.csv", "không phải là bảng tính Excel"),
    ],
)
async def test_a_file_that_is_no_plan_is_refused_with_a_reason(
    town: Town, content: bytes, name: str, says: str
) -> None:
    answer = await sent(town, "office", content, name)
    assert says in answer.text
    assert answer.labels == ()


async def test_a_file_too_large_is_refused_before_it_is_downloaded(town: Town) -> None:
    answer = await sent(town, "office", b"PK", size=21 * 1024 * 1024)
    assert "20 MB" in answer.text
    assert town.server.calls("getfile") == []


async def test_a_leaders_workbook_is_evidence_not_a_plan(town: Town) -> None:
    card = await town.says(town.leader, "NV20 70%")
    answer = await sent(town, "leader", changed(raise_goal), reply_to=card)
    assert "1 tệp" in answer.text
    assert count(town, EvidenceRow) == 1
    assert goal_of_ct02(town) == "≤ 40"


async def test_the_offices_workbook_with_a_report_is_evidence(town: Town) -> None:
    answer = await sent(town, "office", changed(), caption="NV23 50%")
    assert "NV23" in answer.text
    assert count(town, EvidenceRow) == 1


@pytest.mark.parametrize("who", ["leader", "deputy", "chair"])
async def test_a_forged_press_of_somebody_else_loads_nothing(town: Town, who: str) -> None:
    before = count(town, AuditRow)
    person = getattr(town, who)
    message = await town.says(person, "/help")
    person.forge("load:yes", message)
    assert (await person.next_answer()).text
    assert count(town, AuditRow) == before


async def test_who_is_of_the_office_no_longer_cannot_press_what_was_offered(town: Town) -> None:
    offer = await sent(town, "office", changed(raise_goal))
    ended = update(PostRow).where(PostRow.person_id == 4).values(role="leader")
    town.store.write_now(lambda s: s.execute(ended) and None)
    town.office.press(offer, "Nạp kế hoạch")
    assert "không có quyền" in (await town.office.next()).text
    assert goal_of_ct02(town) == "≤ 40"


async def test_a_file_that_telegram_has_lost_is_asked_for_again(town: Town) -> None:
    offer = await sent(town, "office", changed(raise_goal))
    await town.says(town.office, "/help")  # by now the offer is remembered
    lost = {"intent": "none", "slots": {"load": {"file_id": "gone", "unique_id": "gone"}}}
    town.store.write_now(lambda s: s.execute(update(MessageRow).values(act=lost)) and None)
    answer = await town.presses(town.office, offer, "Nạp kế hoạch")
    assert "gửi lại" in answer.text


async def test_reports_made_between_the_dry_run_and_the_press_stay(town: Town) -> None:
    offer = await sent(town, "office", changed(raise_goal))
    await town.says(town.leader, "NV20 70%")
    reports = count(town, ReportRow)
    await town.presses(town.office, offer, "Nạp kế hoạch")
    assert count(town, ReportRow) == reports


async def test_the_first_plan_is_loaded_from_the_chat(places: Places, migrated: str, tmp_path: Path) -> None:
    async with town_of(places.copy(migrated, tmp_path)) as town:
        _enrol_office(town)
        offer = await sent(town, "office", SAMPLE.read_bytes())
        assert "Chỉ tiêu: thêm 44" in offer.text
        done = await town.presses(town.office, offer, "Nạp kế hoạch")
        assert "/invite" in done.text
        assert len(list(plan_of(town).live)) == 110


def _enrol_office(town: Town) -> None:
    at = datetime(2025, 1, 2, tzinfo=UTC)

    def write(session: Any) -> None:
        session.add(UnitRow(code="STTTT", position=0, name_vi="Sở Thông tin và Truyền thông", aliases=[], members=[]))
        session.add(PersonRow(id=4, user_id=town.office.id, name="Thu", language="vi", joined_at=at))
        session.flush()
        session.add(PostRow(person_id=4, unit="STTTT", role="office", since=at))

    town.store.write_now(write)


async def test_an_export_comes_as_a_workbook_that_loads_back_unchanged(town: Town) -> None:
    answer = await town.says(town.office, "/export")
    assert answer.document is not None
    assert answer.document.name == "plan-2025_2025-06-18.xlsx"
    assert read_workbook(io.BytesIO(answer.document.content)).problems == ()
    again = await sent(town, "office", answer.document.content)
    assert "Không có gì thay đổi" in again.text


async def test_every_member_may_have_the_workbook(town: Town) -> None:
    answer = await town.says(town.leader_bn, "/export")
    assert "২০২৫" in answer.text
    assert answer.document is not None


# ---------------------------------------------------------------- from the command line


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A command line in an empty folder, on 18 June 2025."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TIENDO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TIENDO_NOW", "2025-06-18T07:59:50")

    def run(*argv: str | Path) -> tuple[int, str, str]:
        code = main([str(word) for word in argv])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_load_and_load_again(shell: Shell) -> None:
    code, out, _ = shell("load", SAMPLE, "--dry-run")
    assert (code, "chưa lưu gì" in out, "Chỉ tiêu: thêm 44" in out) == (0, True, True)
    code, out, _ = shell("load", SAMPLE)
    assert (code, "Đã nạp kế hoạch." in out) == (0, True)
    code, out, _ = shell("load", SAMPLE)
    assert (code, "Không có gì thay đổi" in out) == (0, True)


def test_load_lists_every_error_and_ends_with_1(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "wrong.xlsx"
    path.write_bytes(changed(many_errors))
    for dry in ([], ["--dry-run"]):
        code, out, err = shell("load", path, *dry)
        assert code == 1
        assert out.count("Kế hoạch không có chỉ tiêu “CT9") == 50
        assert err == ""
    code, out, _ = shell("load", SAMPLE)
    assert (code, "thêm 44" in out) == (0, True)  # nothing of the wrong file was stored


def test_load_adds_units_when_told_to(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "strange.xlsx"
    path.write_bytes(changed(strange_unit))
    assert shell("load", path)[0] == 1
    code, out, _ = shell("load", path, "--add-units")
    assert (code, "Thêm đơn vị “Sở Vũ trụ”, mã SVT." in out) == (0, True)


def test_a_load_that_withdraws_most_of_the_plan_says_so_first(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "part.xlsx"
    path.write_bytes(changed(one_task))
    shell("load", SAMPLE)
    code, out, err = shell("load", path, "--dry-run")
    assert (code, out.splitlines()[0]) == (0, "Chỉ tiêu và nhiệm vụ: rút 65, giữ nguyên 45")
    assert (out.splitlines()[1].startswith("⚠️ Tệp này bỏ 65/110"), err) == (True, "")
    code, out, err = shell("load", path)
    assert (code, "Đã nạp kế hoạch." in out, "65/110 chỉ tiêu, nhiệm vụ" in out, err) == (0, True, True, "")
    assert shell("load", SAMPLE)[0] == 0  # what comes back withdraws nothing


def test_load_in_bengali(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIENDO_LANGUAGE", "bn")
    assert "পরিকল্পনা লোড হয়েছে।" in shell("load", SAMPLE)[1]


def test_load_for_another_year_is_another_plan(shell: Shell) -> None:
    shell("load", SAMPLE)
    code, out, _ = shell("load", SAMPLE, "--year", "2026")
    assert (code, "Kế hoạch năm 2026" in out, "theo kế hoạch năm 2025" in out) == (0, True, True)


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "không có tệp hoặc thư mục này"), (b"PK\x03\x04half", "hỏng"), (b"hello", "không phải là bảng tính")],
)
@pytest.mark.parametrize("command", ["load", "standing"])
def test_a_file_that_cannot_be_read_ends_with_1_and_a_reason(
    shell: Shell, tmp_path: Path, command: str, content: bytes | None, says: str
) -> None:
    path = tmp_path / "plan.xlsx"
    if content is not None:
        path.write_bytes(content)
    code, out, err = shell(command, path) if command == "load" else shell(command, "--plan", path)
    assert (code, out) == (1, "")
    assert says in err


def test_export_writes_a_workbook_that_loads_back_unchanged(shell: Shell, tmp_path: Path) -> None:
    code, _, err = shell("export", "out.xlsx")
    assert (code, "Chưa nạp kế hoạch nào." in err) == (1, True)
    shell("load", SAMPLE)
    assert shell("export", "out.xlsx")[:2] == (0, "out.xlsx\n")
    assert "Không có gì thay đổi" in shell("load", "out.xlsx")[1]
    code, _, err = shell("export", tmp_path / "nowhere" / "out.xlsx")
    assert (code, "Không ghi được" in err) == (1, True)


def test_standing_prints_one_json_object_a_line_in_plan_order(shell: Shell, tmp_path: Path) -> None:
    code, out, err = shell("standing", "--plan", SAMPLE, "--today", "2025-06-18")
    rows = [json.loads(line) for line in out.splitlines()]
    assert (code, err, len(rows)) == (0, "", 110)
    assert [row["code"] for row in rows] == [i.code for i in read_workbook(SAMPLE).plan.items]
    first = {"code": "CT01", "standing": "done", "achieved": 100.0, "expected": 100.0, "stale": False, "days_left": -79}
    assert rows[0] == first
    assert list(rows[0]) == list(first)
    assert {row["standing"] for row in rows} == {"done", "overdue", "no_data", "behind", "at_risk", "on_track"}
    assert not (tmp_path / "tiendo.db").exists()


def test_standing_goes_by_the_day_that_is_asked_for(shell: Shell) -> None:
    early = [json.loads(line) for line in shell("standing", "--plan", SAMPLE, "--today", "2025-01-01")[1].splitlines()]
    assert {row["standing"] for row in early} <= {"on_track", "no_data"}
    assert shell("standing", "--plan", SAMPLE)[1] == shell("standing", "--plan", SAMPLE, "--today", "2025-06-18")[1]


def test_shares_are_rounded_to_one_decimal_a_half_to_the_even_digit() -> None:
    start, due = date(2025, 1, 1), date(2025, 1, 11)
    goal = Goal("800", Decimal(800))
    item = Item("CT01", Kind.TARGET, "x", start, baseline=Decimal(0), goal=goal, year=2025, due=due, leads=())
    plan = Plan(2025, items=(item,))

    def achieved(value: str) -> float:
        reports = (Report("a", "CT01", start, value=Decimal(value)),)
        (line,) = standing_lines(Loaded(plan, reports, (), (), (), frozenset(), ()), date(2025, 1, 4))
        share: float = json.loads(line)["achieved"]
        return share

    assert [achieved(v) for v in ("50", "51", "54", "-0.3", "-50")] == [6.2, 6.4, 6.8, 0.0, -6.2]
    (line,) = standing_lines(Loaded(plan, (), (), (), (), frozenset(), ()), start)
    assert json.loads(line) == {
        "code": "CT01",
        "standing": "on_track",
        "achieved": None,
        "expected": 0.0,
        "stale": False,
        "days_left": 10,
    }
    assert "-0.0" not in line


def test_wrong_usage_ends_with_2(shell: Shell) -> None:
    with pytest.raises(SystemExit) as end:
        shell("load")
    assert end.value.code == 2
