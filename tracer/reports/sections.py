"""The findings of a report in the order in which a student needs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer.answers.submission import Link
from tracer.blocks import Inline
from tracer.marking.verdicts import Verdict
from tracer.outline.spoken import spoken, together
from tracer.outline.words import listed
from tracer.reports import Marked
from tracer.reports.content import (
    Group,
    Item,
    Said,
    Section,
    explanations,
    given,
    literal,
    plural,
    score,
)
from tracer.solved import Worked

# more mistakes than this are listed, not explained: who has so many begins with the first
_MOST_EXPLAINED = 12
_MOST_ROWS = 100
_MOST_NAMES = {"missing": 60, "correct": 30}
_MOST_GROUPS = 6


def sections(report: Marked) -> tuple[Section, ...]:
    """The findings in the order in which a student needs them; what there is none of is left out.

    Mistakes first, then what merely follows from them; what could not be read; what else a
    document has; at the end what is missing and what is right.
    """
    found = (
        _faults(report),
        _carried(report),
        _unreadable(report),
        _unknown(report),
        _equations(report),
        _remarks(report),
        _coarse(report),
        _names(report, "missing", "Still missing"),
        _names(report, "correct", "Right"),
    )
    return tuple(section for section in found if section is not None)


def _of(report: Marked, code: str) -> list[Verdict]:
    return [verdict for verdict in report.verdicts if verdict.code == code]


def _faults(report: Marked) -> Section | None:
    faults = report.faults
    if not faults:
        return None
    first, rest = faults[:_MOST_EXPLAINED], faults[_MOST_EXPLAINED:]
    caused: dict[str, int] = {}
    for verdict in report.verdicts:
        for root in verdict.roots:
            caused[root] = caused.get(root, 0) + 1
    items = tuple(_fault(report, verdict, caused.get(verdict.id, 0)) for verdict in first)
    groups: tuple[Group, ...] = ()
    if rest:
        intro = f"And {plural(len(rest), 'more mistake')}; come back to them when these are mended."
        groups = (_table(report, "wrong", (intro,), rest),)
    heading = "The mistake" if len(faults) == 1 else "The mistakes"
    return Section("faults", heading, (), items, groups)


def _fault(report: Marked, verdict: Verdict, caused: int) -> Item:
    facts: list[tuple[str, Said]] = [("you wrote", given(verdict.given))]
    if verdict.follows is None:
        facts.append(("right is", (verdict.expected,)))
    else:
        facts.append(("from your own values", (verdict.follows,)))
        facts.append(("in the solution", (verdict.expected,)))
    if verdict.points:
        facts.append(("points", (f"{score(verdict.points)} of {score(verdict.of)}",)))
    notes = list(explanations(report.worked, verdict))
    links = (link for link in report.equations if link.id == verdict.id)
    notes += [(f"In your equation: {literal(link.text, 300)}.",) for link in links if link.text]
    if caused:
        verb = "goes" if caused == 1 else "go"
        notes.append((f"{plural(caused, 'later value')} {verb} back to it.",))
    where = literal(verdict.where) if verdict.where != verdict.id else ""
    head = spoken(report.worked, verdict.id)
    return Item("wrong", head, tuple(facts), tuple(notes), where, verdict.id)


def _carried(report: Marked) -> Section | None:
    carried = _of(report, "carried")
    if not carried:
        return None
    one = len(carried) == 1
    lead = [
        f"{'This value is' if one else 'These values are'} worked out rightly from your own "
        f"numbers. Put the {'mistake' if len(report.faults) == 1 else 'mistakes'} right, and "
        f"{'it comes' if one else 'they come'} right too."
    ]
    lead += [f"{why[0].upper()}{why[1:]}." for why in sorted({v.reason for v in carried} - {""})]
    by_roots: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in carried:
        by_roots.setdefault(verdict.roots, []).append(verdict)
    if len(by_roots) > _MOST_GROUPS:
        groups: tuple[Group, ...] = (_table(report, "carried", (), carried, roots=True),)
    else:
        groups = tuple(
            _table(report, "carried", _from(report, roots, len(some)), some)
            for roots, some in by_roots.items()
        )
    heading = "What only follows from it" if len(report.faults) == 1 else "What only follows"
    return Section("carried", heading, tuple((text,) for text in lead), groups=groups)


def _from(report: Marked, roots: Sequence[str], count: int) -> Said:
    """``6 values go back to ∂MSE/∂w_{1,2}^1 and the new b_1^1:``."""
    verb = "goes" if count == 1 else "go"
    return (f"{plural(count, 'value')} {verb} back to ", *_listed(report.worked, roots), ":")


def _listed(worked: Worked, names: Sequence[str]) -> Iterator[Inline]:
    texts = [spoken(worked, name) for name in names]
    places = [f"{at}" for at in range(len(texts))]  # `listed` sets commas between single pieces
    for piece in listed(places):
        if piece in places:
            yield from texts[int(str(piece))]
        else:
            yield piece


def _table(
    report: Marked, code: str, intro: Said, verdicts: Sequence[Verdict], *, roots: bool = False
) -> Group:
    """Verdicts as rows; of very many the first."""
    shown = verdicts[:_MOST_ROWS]
    scored = any(verdict.points != verdict.of for verdict in shown) and code != "wrong"
    head = ["value", "you wrote", "in the solution"]
    head += ["goes back to"] * roots + ["points"] * scored
    rows: list[tuple[Said, ...]] = []
    for verdict in shown:
        row: list[Said] = [
            spoken(report.worked, verdict.id),
            given(verdict.given, 60),
            (verdict.expected,),
        ]
        if roots:
            row.append(tuple(_listed(report.worked, verdict.roots)))
        if scored:
            row.append((f"{score(verdict.points)} of {score(verdict.of)}",))
        rows.append(tuple(row))
    if len(verdicts) > len(shown):
        left = f" The first {len(shown)} of them; the report as JSON or CSV has all."
        intro = (*intro, left)
    return Group(code, intro, tuple(head), tuple(rows))


def _unreadable(report: Marked) -> Section | None:
    verdicts = _of(report, "unreadable")
    if not verdicts:
        return None
    items = tuple(
        Item(
            "unreadable",
            spoken(report.worked, verdict.id),
            (("you wrote", given(verdict.given)),),
            ((literal(verdict.reason, 300),),) if verdict.reason else (),
            literal(verdict.where) if verdict.where != verdict.id else "",
            verdict.id,
        )
        for verdict in verdicts[:_MOST_ROWS]
    )
    lead = ("This is not counted as wrong: write it in another way and hand it in again.",)
    return Section("unreadable", "What could not be read", (lead,), items)


def _unknown(report: Marked) -> Section | None:
    unknown = report.submission.unknown[:_MOST_ROWS]
    if not unknown:
        return None
    items = tuple(
        Item(
            "unreadable",
            (literal(fault.message, 300),),
            where="" if fault.message.startswith(fault.where) else literal(fault.where),
        )
        for fault in unknown
    )
    return Section("unknown", "What names no value of this problem", (), items)


def further(report: Marked) -> list[Link]:
    """The equations that do not come out, but for those that a mistake is told with."""
    faults = {verdict.id for verdict in report.faults[:_MOST_EXPLAINED]}
    return [link for link in report.equations if link.id not in faults or not link.text]


def _equations(report: Marked) -> Section | None:
    links = further(report)
    if not links:
        return None
    items = tuple(_link("wrong", link) for link in links[:_MOST_ROWS])
    return Section("equations", "Equations that do not come out", (), items)


def _remarks(report: Marked) -> Section | None:
    if not report.remarks:
        return None
    items = tuple(_link("label", link) for link in report.remarks[:_MOST_ROWS])
    lead = ("The numbers do not suffer from these, but a reader would stumble.",)
    return Section("remarks", "Symbols that can't be meant", (lead,), items)


def _link(code: str, link: Link) -> Item:
    if code == "label":
        return Item(code, (literal(link.text, 300),), where=literal(link.where), id=link.id)
    head = (*given(link.left), " = ", *given(link.right))
    notes = ((literal(link.text, 300),),) if link.text else ()
    return Item(code, head, (), notes, literal(link.where), link.id)


def _coarse(report: Marked) -> Section | None:
    coarse = [verdict for verdict in report.verdicts if verdict.coarse]
    if not coarse:
        return None
    lead = ("These are right as far as they go, but more digits are asked for.",)
    group = _table(report, "correct", (), coarse)
    return Section("coarse", "Right, with too few digits", (lead,), groups=(group,))


def _names(report: Marked, code: str, heading: str) -> Section | None:
    """Values of one code by their symbols alone, those of several samples together."""
    verdicts = [verdict for verdict in _of(report, code) if not verdict.coarse]
    if not verdicts:
        return None
    names = list(together(report.worked, (verdict.id for verdict in verdicts)))
    text: list[Inline] = []
    most = _MOST_NAMES[code]
    for name in names[:most]:
        text += [", ", *name] if text else name
    if len(names) > most:
        text.append(f" and {len(names) - most:,} more")
    return Section(code, heading, (tuple(text),))
