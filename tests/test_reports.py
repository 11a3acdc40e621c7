"""Reports: what students read, what other programs read, and that student text is never markup."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

import tracer
from tests.conftest import ROOT
from tests.deck_answers import AS_PRINTED, FAULTS
from tests.submissions import GOOD, HALF, HOPELESS, HOSTILE
from tracer import reports
from tracer.answers.submission import Link, Submission
from tracer.checking import Checker, Report
from tracer.errors import Fault, InputError
from tracer.loading import with_changes
from tracer.marking.verdicts import CODES
from tracer.outline.spoken import spoken, together
from tracer.renderers.document import template_names
from tracer.reports.names import safe_names
from tracer.typeset import TextPrinter

SUBMISSIONS = {
    "deck": AS_PRINTED,
    "good": GOOD,
    "half-finished": HALF,
    "hopeless": HOPELESS,
    "empty": {},
}
_ENDINGS = {"text": "txt", "markdown": "md", "html": "html", "json": "json"}
DOCUMENT = "examples/submissions/deck.md"


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(tracer.load(tracer.DECK))


@pytest.fixture
def document(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.chdir(ROOT)
    return checker.check(DOCUMENT)


@pytest.mark.parametrize("to", _ENDINGS)
@pytest.mark.parametrize("name", SUBMISSIONS)
def test_as_read_by_a_person(
    name: str, to: str, checker: Checker, page: Callable[[str, str], None]
) -> None:
    page(f"tests/reports/{name}.{_ENDINGS[to]}", checker.check(SUBMISSIONS[name]).render(to))


@pytest.mark.parametrize("to", _ENDINGS)
def test_the_slides_as_a_document(
    to: str, document: Report, page: Callable[[str, str], None]
) -> None:
    page(f"tests/reports/document.{_ENDINGS[to]}", document.render(to))


def test_there_is_no_file_without_a_test() -> None:
    expected = {f"{n}.{e}" for n in [*SUBMISSIONS, "document"] for e in _ENDINGS.values()}
    assert {path.name for path in (ROOT / "tests" / "reports").iterdir()} == expected


def test_text_of_an_assert(checker: Checker) -> None:
    report = checker.check({"dloss/dw1[1,2]": "1.204"})
    with pytest.raises(AssertionError, match="you multiplied by l₁⁰"):
        assert report, f"{report}"
    assert str(report) == report.render("text")
    assert checker.check(GOOD)


def test_a_notebook_shows_maths_between_dollars(checker: Checker) -> None:
    shown = checker.check(AS_PRINTED)._repr_mimebundle_()["text/markdown"]
    assert r"$\frac{\partial \mathrm{MSE}}{\partial w_{1,2}^1}$" in shown
    assert "$`" not in shown


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", SUBMISSIONS)
def test_lines_fit(name: str, width: int, checker: Checker) -> None:
    text = checker.check(SUBMISSIONS[name]).render("text", width=width)
    assert max(map(len, text.splitlines())) <= width


def test_json_is_the_contract(checker: Checker) -> None:
    found = json.loads(checker.check(AS_PRINTED).render("json"))
    assert found["schema"] == 1
    assert found["summary"] == {
        "correct": 29,
        "carried": 18,
        "wrong": 3,
        "unreadable": 0,
        "missing": 0,
    }
    verdicts = {verdict["id"]: verdict for verdict in found["verdicts"]}
    assert tuple(name for name, one in verdicts.items() if one["code"] == "wrong") == FAULTS
    first = verdicts[FAULTS[0]]
    assert (first["given"], first["expected"], first["follows"]) == ("1.204", "1.332", None)
    assert first["diagnosis"]["code"] == "wrong_input"
    assert first["diagnosis"] == first["diagnoses"][0]
    assert "you multiplied by l₁⁰" in first["diagnosis"]["text"]
    carried = verdicts["1/w1[1,2]"]
    assert carried["code"] == "carried"
    assert carried["roots"] == [FAULTS[0]]
    assert carried["follows"] == "0.28796"
    assert carried["diagnosis"] is None
    assert (found["points"], found["of"]) == (47, 50)
    assert found["equations"] == []
    jsonschema.validate(found, _OURS)


def test_json_has_the_equations_of_a_document(document: Report) -> None:
    found = json.loads(document.render("json"))
    jsonschema.validate(found, _OURS)
    assert len(found["equations"]) == len(document.equations) > 2
    assert {one["where"].split(":")[0] for one in found["equations"]} == {DOCUMENT}


_POINTS = {"type": "number", "minimum": 0}
_SAID = {
    "type": "object",
    "required": ["code", "text", "place"],
    "properties": {"code": {"type": "string"}, "text": {"type": "string"}},
}
_MAYBE = {"type": ["string", "null"]}
_LINK = {
    "type": "object",
    "required": ["id", "left", "right", "text", "where"],
    "properties": {"text": {"type": "string"}, "id": _MAYBE},
}
_OURS = {
    "type": "object",
    "required": ["schema", "summary", "verdicts", "equations", "remarks", "points", "of"],
    "properties": {
        "schema": {"const": 1},
        "summary": {
            "type": "object",
            "required": list(CODES),
            "additionalProperties": False,
            "properties": {code: {"type": "integer", "minimum": 0} for code in CODES},
        },
        "verdicts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "latex", "code", "given", "expected", "follows", "diagnosis"],
                "properties": {
                    "code": {"enum": list(CODES)},
                    "given": _MAYBE,
                    "expected": {"type": "string"},
                    "follows": _MAYBE,
                    "diagnosis": {"anyOf": [_SAID, {"type": "null"}]},
                    "diagnoses": {"type": "array", "items": _SAID},
                    "points": _POINTS,
                    "of": _POINTS,
                },
            },
        },
        "equations": {"type": "array", "items": _LINK},
        "remarks": {"type": "array", "items": _LINK},
        "points": _POINTS,
        "of": _POINTS,
    },
}
_FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
_GRADESCOPE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["score", "tests"],
    "properties": {
        "score": _POINTS,
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": _FORMAT,
        "test_output_format": _FORMAT,
        "test_name_format": _FORMAT,
        "visibility": {"enum": ["hidden", "after_due_date", "after_published", "visible"]},
        "stdout_visibility": {"enum": ["hidden", "after_due_date", "after_published", "visible"]},
        "extra_data": {"type": "object"},
        "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["score", "max_score", "name", "output"],
                "properties": {
                    "score": _POINTS,
                    "max_score": _POINTS,
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": _FORMAT,
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": _FORMAT,
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": {"type": "string"},
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}
_PRAIRIELEARN = {
    "type": "object",
    "additionalProperties": False,
    "required": ["score", "gradable"],
    "properties": {
        "gradable": {"type": "boolean"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "format_errors": {"type": ["string", "array"], "items": {"type": "string"}},
        "message": {"type": "string"},
        "output": {"type": "string"},
        "images": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "points", "max_points"],
                "properties": {
                    "name": {"type": "string"},
                    "description": {"type": "string"},
                    "points": _POINTS,
                    "max_points": _POINTS,
                    "message": {"type": "string"},
                    "output": {"type": "string"},
                    "images": {"type": "array"},
                },
            },
        },
    },
}
_SYSTEMS = {"gradescope": _GRADESCOPE, "prairielearn": _PRAIRIELEARN}


@pytest.mark.parametrize("system", _SYSTEMS)
@pytest.mark.parametrize("name", [*SUBMISSIONS, "document"])
def test_graders_get_their_own_fields(
    name: str, system: str, checker: Checker, document: Report
) -> None:
    report = document if name == "document" else checker.check(SUBMISSIONS[name])
    jsonschema.validate(json.loads(report.render(system)), _SYSTEMS[system])


def test_gradescope_counts_the_points(checker: Checker) -> None:
    found = json.loads(checker.check(AS_PRINTED).render("gradescope"))
    assert found["score"] == sum(test["score"] for test in found["tests"]) == 47
    assert sum(test["max_score"] for test in found["tests"]) == 50
    failed = [test["name"] for test in found["tests"] if test["status"] == "failed"]
    assert [re.search(r"\((.+)\)$", name)[1] for name in failed] == list(FAULTS)  # type: ignore[index]


def test_gradescope_has_no_status_for_what_is_not_read(checker: Checker) -> None:
    found = json.loads(checker.check(HALF).render("gradescope"))
    (odd,) = [test for test in found["tests"] if test["tags"] == ["unreadable"]]
    assert "status" not in odd


def test_prairielearn_takes_no_attempt_for_what_is_not_read(checker: Checker) -> None:
    found = json.loads(checker.check({"loss": "about 2 or 3"}).render("prairielearn"))
    assert found["gradable"] is False
    assert found["score"] == 0
    assert "about 2 or 3" in found["format_errors"][0]
    assert json.loads(checker.check({}).render("prairielearn"))["gradable"] is False
    half = json.loads(checker.check(HALF).render("prairielearn"))
    assert half["gradable"] is True
    assert half["score"] == 16 / 50


def test_prairielearn_gets_no_more_than_it_reads(
    checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = checker.check(HOPELESS)
    whole = report.render("prairielearn")
    assert len(whole.encode()) < 1_000_000
    monkeypatch.setattr("tracer.reports.prairielearn._MOST_BYTES", 5_000)
    found = json.loads(report.render("prairielearn"))
    assert 0 < len(found["tests"]) < len(json.loads(whole)["tests"])
    assert len(report.render("prairielearn").encode()) < 6_000
    jsonschema.validate(found, _PRAIRIELEARN)


def test_csv_has_a_row_for_each_verdict(checker: Checker) -> None:
    rows = list(csv.DictReader(io.StringIO(checker.check(AS_PRINTED).render("csv"))))
    assert len(rows) == 50
    assert [row["id"] for row in rows if row["code"] == "wrong"] == list(FAULTS)
    assert {row["diagnosis"].split(" | ")[0] for row in rows} == {
        "",
        "wrong_input",
        "operand_point",
    }


class _Tags(HTMLParser):
    """The tags and attributes of a page, and the text of each code element."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.given: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "code":
            self._inside = True
            self.given.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "code"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.given[-1] += data


def _tags(page: str) -> _Tags:
    parser = _Tags()
    parser.feed(page)
    parser.close()
    return parser


def _hostile(checker: Checker, text: str) -> Report:
    """A report in which a text stands wherever somebody's text can: name, values, links."""
    answers = dict(checker.read({"dloss/dw1[1,2]": "1.204", "loss": "7", "1/loss": "8"}).answers)
    for name in ("dloss/dw1[1,2]", "loss"):
        answers[name] = answers[name]._replace(given=text, where=text)
    answers["1/loss"] = answers["1/loss"]._replace(
        given=text, where=text, reading=None, reason=f"odd: {text}"
    )
    link = Link("wrong", "", text, text, f"odd: {text}", text)
    links = (link, replace(link, code="label"))
    unknown = (Fault(text, f"no such quantity: {text}"),)
    return checker.check(Submission(text, answers, unknown, links))


def _of_page(page: str) -> tuple[set[str], set[str]]:
    found = _tags(page)
    return found.tags, found.attributes


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_is_markup_in_html(name: str, checker: Checker) -> None:
    text = HOSTILE[name]
    page = _hostile(checker, text).render("html")
    tags, attributes = _of_page(_hostile(checker, "harmless").render("html"))
    found = _tags(page)
    assert (found.tags, found.attributes) == (tags, attributes)
    assert not tags & {"script", "a", "img", "iframe", "link", "form", "object"}
    assert page.replace("\n", "").isprintable()
    flat = " ".join(text.split())
    if flat.isprintable():
        assert flat in found.given


def _without_code(markdown: str) -> str:
    """What is left of Markdown when code spans are taken out, by CommonMark's rule."""
    return re.sub(r"(?<![\\`])(`+)(?!`)(?:.*?[^`])?\1(?!`)", "·", markdown)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_is_markup_in_markdown(name: str, checker: Checker) -> None:
    page = _hostile(checker, HOSTILE[name]).render("markdown")
    usual = _hostile(checker, "harmless").render("markdown")
    assert page.replace("\n", "").isprintable()
    lines, expected = page.splitlines(), usual.splitlines()
    # the same lines begin in the same way: no heading, list, table or fence is added
    assert [_start(line) for line in lines] == [_start(line) for line in expected]
    rest = "\n".join(_without_code(line) for line in lines)
    for sign in "<>[]`$|~":
        assert len(re.findall(rf"(?<!\\){re.escape(sign)}", rest)) == len(
            re.findall(rf"(?<!\\){re.escape(sign)}", "\n".join(map(_without_code, expected)))
        )
    assert not re.search(r"(?<!\\)(?:://|@)|www(?<!\\)\.", rest)


def _start(line: str) -> str:
    return re.match(r"\s*(?:#+|[-+>|=]|\d+[.)]|`{3,}|~{3,})?", line)[0]  # type: ignore[index]


def test_a_bar_in_a_cell_does_not_part_it(checker: Checker) -> None:
    submission = checker.read(HOPELESS)
    odd = submission.answers["1/loss"]._replace(given="7 | 8 `|` \\| 9")
    page = checker.check(replace(submission, answers={**submission.answers, odd.id: odd}))
    rows = [line for line in page.render("markdown").splitlines() if line.startswith("|")]
    assert any("7 \\| 8" in row for row in rows)
    # whether a parser takes backslashes in pairs or looks at the one before the bar
    assert {re.sub(r"\\.", "", row).count("|") for row in rows} == {4}
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_moves_the_cursor(name: str, checker: Checker) -> None:
    text = _hostile(checker, HOSTILE[name]).render("text")
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_is_a_formula_of_a_spreadsheet(name: str, checker: Checker) -> None:
    rows = list(csv.reader(io.StringIO(_hostile(checker, HOSTILE[name]).render("csv"))))
    assert {len(row) for row in rows} == {14}
    for cell in (cell for row in rows for cell in row):
        assert cell.isprintable()
        is_number = re.fullmatch(r"-?[\d.]+", cell)
        assert is_number or not cell.startswith(("=", "+", "-", "@", "\t", "\r", "|"))


@pytest.mark.parametrize("to", ["json", "gradescope", "prairielearn"])
@pytest.mark.parametrize("name", HOSTILE)
def test_json_stays_json(name: str, to: str, checker: Checker) -> None:
    text = _hostile(checker, HOSTILE[name]).render(to)
    assert text.replace("\n", "").isprintable()
    found = json.loads(text)
    if to == "json":
        given = {verdict["id"]: verdict["given"] for verdict in found["verdicts"]}
        assert given["loss"] == HOSTILE[name]
    else:
        jsonschema.validate(found, _SYSTEMS[to])


@pytest.mark.parametrize("to", reports.FORMATS)
def test_long_texts_are_cut(to: str, checker: Checker) -> None:
    usual = len(_hostile(checker, "x").render(to))
    assert len(_hostile(checker, "x" * 10_000).render(to)) < usual + 30_000
    text = _hostile(checker, "12345" * 2_000).render(to)
    assert "12345" * 500 not in text


def test_half_a_surrogate_pair_can_be_written(checker: Checker) -> None:
    for to in reports.FORMATS:
        _hostile(checker, "\ud800").render(to).encode()


def test_requested_digits_have_their_words() -> None:
    problem = tracer.DECK.read_text(encoding="utf-8") + "\n[check]\nrequire_digits = true\n"
    report = tracer.check(tracer.load(problem), {"dloss/dw1[1,2]": "1.3"})
    assert "more digits are asked for: 1.332" in str(report)
    found = json.loads(report.render("json"))
    said = next(one["diagnosis"] for one in found["verdicts"] if one["code"] == "wrong")
    assert said["code"] == "too_coarse"


def test_no_diagnosis_is_said_so(checker: Checker) -> None:
    report = checker.check({"dloss/dw1[1,2]": "987.654"})
    assert not report.faults[0].diagnoses
    assert "None of the usual mistakes gives this number." in str(report)


def test_withheld_points_are_explained(checker: Checker) -> None:
    """A dead ReLU leaves nothing to work out."""
    text = checker.check({"p1[1](1)": "-1.5", "l1[1](1)": "0"}).render("text", width=120)
    why = "An earlier mistake leaves nothing to work out here, so it earns no points."
    assert f"\n\n{why}\n" in text
    assert "0 of 1" in text


def _called(report: Report, name: str) -> str:
    printer = TextPrinter(report.worked.symbols, 80)
    pieces = spoken(report.worked, name)
    return "".join(one if isinstance(one, str) else printer.line(one) for one in pieces)


@pytest.mark.parametrize(
    ("steps", "name", "called"),
    [
        (1, "w1[1,2]", "w₁,₂¹"),
        (1, "1/w1[1,2]", "the new w₁,₂¹"),
        (1, "1/l1[2](3)", "the new l₂¹ of sample 3"),
        (1, "dloss/dw1[1,2]", "∂MSE/∂w₁,₂¹"),
        (2, "1/w1[1,2]", "w₁,₂¹ after step 1"),
        (2, "2/l1[2](3)", "l₂¹ of sample 3 after step 2"),
    ],
)
def test_what_quantities_are_called(steps: int, name: str, called: str) -> None:
    problem = with_changes(tracer.load(tracer.DECK), steps=steps)
    assert _called(tracer.check(problem, {}), name) == called


def test_samples_are_told_together(checker: Checker) -> None:
    report = checker.check({})
    printer = TextPrinter(report.worked.symbols, 80)
    names = [f"l1[1]({n})" for n in (1, 2, 3, 5)] + ["l1[2](4)", "loss"]
    found = [
        "".join(one if isinstance(one, str) else printer.line(one) for one in text)
        for text in together(report.worked, names)
    ]
    assert found == ["l₁¹ (samples 1–3, 5)", "l₂¹ of sample 4", "MSE"]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "Nothing to mark yet: none of the 50 values is there."),
        ({"x": "1"}, "Nothing that was handed in names a value of this problem; see below."),
        ({"loss": "1.65"}, "The one value that was read is right. 49 values to go."),
        ({"loss": "a or b"}, "None of the values could be read, so nothing is marked, and nothing"),
        (GOOD, "All 50 values are right. Well done!"),
        ({"loss": "99"}, "One mistake."),
        (AS_PRINTED, "Three mistakes. 18 more values only go back to them. 29 of 50 values are"),
    ],
)
def test_what_there_is_to_know_first(answers: dict[str, str], said: str, checker: Checker) -> None:
    assert checker.check(answers).render("text", width=120).splitlines()[3].startswith(said)


def test_of_an_unknown_format(checker: Checker) -> None:
    with pytest.raises(InputError, match="markdown"):
        checker.check({}).render("markdwn")


def test_overview_of_a_class(checker: Checker) -> None:
    class_ = [checker.check(AS_PRINTED)] * 2 + [checker.check(GOOD), checker.check(HALF)]
    job = reports.Job(class_)
    found = json.loads(reports.overview("json", job))
    assert [one["points"] for one in found["submissions"]] == [47, 47, 50, 16]
    often = [(one["id"], one["code"], one["times"]) for one in found["faults"]]
    assert often == [
        ("dloss/dw1[1,2]", "wrong_input", 2),
        ("dloss/dw1[2,2]", "wrong_input", 2),
        ("1/b1[1]", "operand_point", 2),
        ("dloss/dw2[1,1]", "sign", 1),
    ]
    for to in reports.OVERVIEWS:
        assert "47" in reports.overview(to, job)
    rows = list(csv.DictReader(io.StringIO(reports.overview("csv", job))))
    assert [row["wrong"] for row in rows] == ["3", "3", "0", "1"]


def test_several_in_one_document(checker: Checker) -> None:
    job = reports.Job([checker.check(AS_PRINTED), checker.check(GOOD)])
    found = json.loads(reports.render("json", job))
    for one in found["submissions"]:
        jsonschema.validate({"schema": 1} | one, _OURS)
    assert len(list(csv.DictReader(io.StringIO(reports.render("csv", job))))) == 100
    for to in ("text", "markdown"):
        text = reports.render(to, job)
        assert (
            text.index("Three mistakes")
            < text.index("All 50 values")
            < text.index("47 of 50", text.index("All 50"))
        )


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a.toml"], ["a"]),
        (["x/a.toml", "x/b.toml"], ["a", "b"]),
        (["x/alice/a.toml", "x/bob/a.toml"], ["alice-a", "bob-a"]),
        (["a.toml", "a.json", "A.csv"], ["a", "a-2", "A-3"]),
        (["../../etc/passwd"], ["passwd"]),
        (["..."], ["submission"]),
        (["con.toml"], ["_con"]),
        (["=cmd|' /C calc'!A0.csv"], ["C_calc_A0"]),
        (["<script>.md", "-rf.md"], ["script", "rf"]),
        (["summary.toml"], ["summary-2"]),
        (["é" * 300], ["é" * 80]),
        (["a\nb\x1b.md"], ["a_b"]),
    ],
)
def test_names_of_files(paths: list[str], names: list[str]) -> None:
    assert safe_names(paths, ["summary"]) == names


def test_templates_can_be_replaced_one_by_one(checker: Checker, tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text("<< headline >>", encoding="utf-8")
    report = checker.check(GOOD)
    own = report.render("text", templates=tmp_path)
    assert own == "All 50 values are right. Well done!\n"
    assert report.render("html", templates=tmp_path) == report.render("html")
    (tmp_path / "report.txt").write_text("\n<< nothing >>", encoding="utf-8")
    with pytest.raises(InputError, match=r"report.txt:2: the template cannot be used"):
        report.render("text", templates=tmp_path)


def test_reports_have_templates_that_solutions_have_not() -> None:
    assert template_names() == (
        "beamer.tex",
        "fragment.css",
        "latex.tex",
        "markdown.md",
        "page.css",
        "page.html",
        "page.js",
        "page.typ",
        "slides.typ",
        "style.css",
        "text.txt",
    )


def test_a_page_loads_nothing(checker: Checker) -> None:
    page = checker.check(AS_PRINTED).render("html")
    assert "default-src 'none'" in page
    assert not re.search(r"url\(|@import|https?:|src=|href=", page)
    opened = re.findall(r"<(\w+)[^>]*>", page.split("<body>")[1])
    closed = re.findall(r"</(\w+)>", page.split("<body>")[1])
    assert sorted(opened) == sorted(tag for tag in closed if tag not in ("body", "html"))
