"""The Bot API's HTML: what is read from it, how errors are worded, and what the page is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo import html
from bot.demo.refusals import Refusal


def entity(kind: str, offset: int, length: int, **extra: str) -> dict[str, object]:
    return {"type": kind, "offset": offset, "length": length, **extra}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("chào", "chào", []),
        ("5 &lt; 6 &amp; &quot;7&quot; &#2535; &nbsp;", '5 < 6 & "7" ১ &nbsp;', []),
        ("😀<b>đậm</b>", "😀đậm", [entity("bold", 2, 3)]),
        ("<strong>a</strong><em>b</em>", "ab", [entity("bold", 0, 1), entity("italic", 1, 1)]),
        ("<b>a<i>b</i></b>", "ab", [entity("bold", 0, 2), entity("italic", 1, 1)]),
        (
            '<a href="https://a.vn/?x=1&amp;y=2">link</a>',
            "link",
            [entity("text_link", 0, 4, url="https://a.vn/?x=1&y=2")],
        ),
        ("<a>bare</a>", "bare", []),
        ('<pre><code class="language-py">x</code></pre>', "x", [entity("pre", 0, 1, language="py")]),
        ("<code>x</code>", "x", [entity("code", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
        ("<b></b>x", "x", []),
        ("<u>a</><s >b</s >", "ab", [entity("underline", 0, 1), entity("strikethrough", 1, 1)]),
    ],
)
def test_what_is_read(source: str, text: str, entities: list[dict[str, object]]) -> None:
    assert html.parse(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("ở <p>", 'Unsupported start tag "p" at byte offset 4'),
        ("5 < 6", 'Unsupported start tag "" at byte offset 2'),
        ("x<b", "Unclosed start tag at byte offset 1"),
        ('x<a href="y"', "Unclosed start tag at byte offset 1"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b><i>x</i>", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_how_errors_are_worded(source: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        html.parse(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


def test_blanks_at_both_ends_go_and_entities_follow() -> None:
    text, entities = html.tidy(*html.parse("\n <b> đậm </b> \n"))
    assert (text, entities) == ("đậm", [entity("bold", 0, 3)])


def test_the_page_gets_escaped_text_with_links() -> None:
    text, entities = html.parse("<b>&lt;script&gt;</b> /help https://a.vn/?a=1&amp;b=2")
    shown = html.render(text, html.find(text, entities), links=True)
    link = '<a href="https://a.vn/?a=1&amp;b=2">https://a.vn/?a=1&amp;b=2</a>'
    assert shown == f'<b>&lt;script&gt;</b> <a class="command">/help</a> {link}'


def test_a_script_address_cannot_leave_its_attribute() -> None:
    shown = html.render("x", [entity("text_link", 0, 1, url='https://a.vn/"onclick="y')])
    assert shown == '<a href="https://a.vn/&quot;onclick=&quot;y">x</a>'


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_written_out_and_read_again_it_is_the_same(before: str, inside: str) -> None:
    made = [entity("bold", html.units(before), html.units(inside))]
    source = html.render(before + inside, made)
    assert html.parse(source) == (before + inside, made)


@given(st.text(alphabet="<>/ab i&;lt=\"'#1 ở"))
def test_any_text_is_read_or_refused(source: str) -> None:
    try:
        text, entities = html.parse(source)
    except Refusal as refused:
        assert "can't parse entities" in refused.description
    else:
        assert all(one["offset"] + one["length"] <= html.units(text) for one in entities)
