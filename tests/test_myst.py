"""The MyST plug-in: its protocol, and what mystmd makes of it; pandoc, to which Quarto is a way."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tracer
from tests.conftest import ROOT, need
from tracer import myst
from tracer.embedding.options import OPTIONS

SITE = ROOT / "tests" / "docs_sites" / "myst"
MYSTMD = "mystmd@1.8.3"
DECK = ROOT / "examples" / "deck.toml"

Node = dict[str, Any]


def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *arguments: str,
    **data: Any,
) -> tuple[int, Any, str]:
    """The plug-in's status, the JSON it writes, and what it says is wrong."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(data).encode())))
    status = myst.main(arguments)
    out, err = capsys.readouterr()
    return status, json.loads(out) if out else None, err


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    """A function that runs the plug-in in a folder with the deck's problem."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(DECK, tmp_path)
    return lambda *arguments, **data: run(monkeypatch, capsys, *arguments, **data)


def walk(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from walk(node.get("children", []))


def test_the_offer_names_every_option(ask: Any) -> None:
    status, offer, _ = ask()
    assert status == 0
    (directive,) = offer["directives"]
    assert set(directive["options"]) == {*OPTIONS, "label"}
    assert [role["name"] for role in offer["roles"]] == [
        "tracer:value",
        "tracer:exact",
        "tracer:symbol",
        "tracer:equation",
    ]


def test_a_directive_is_the_derivation(ask: Any) -> None:
    options = {"only": "dloss/dw1[1,2], dloss/db1[1]", "label": "Two"}
    status, nodes, _ = ask("--directive", "derivation", arg="deck.toml", options=options)
    assert status == 0
    assert [
        (n["type"], n["enumerated"], n["label"], n["identifier"])
        for n in nodes
        if n["type"] == "math"
    ] == [
        ("math", True, "Two", "two"),
        ("math", True, "Two-2", "two-2"),
    ]
    solution = tracer.solve(tracer.load(DECK))
    for node, name in zip(
        (n for n in nodes if n["type"] == "math"), ("dloss/dw1[1,2]", "dloss/db1[1]"), strict=True
    ):
        assert re.search(rf"= {solution[name].value}\n\\end", node["value"])
        assert solution[name].latex in node["value"]


def test_a_whole_page_has_every_kind_of_node(ask: Any) -> None:
    _, nodes, _ = ask("--directive", "derivation", arg="deck.toml", options={"detail": "full"})
    kinds = {node["type"] for node in walk(nodes)}
    assert kinds >= {
        "heading", "paragraph", "math", "inlineMath", "table", "list", "thematicBreak", "blockquote"
    }  # fmt: skip
    tables = [node for node in nodes if node["type"] == "table"]
    for table in tables:
        assert len({len(row["children"]) for row in table["children"]}) == 1
        assert all("\n" not in n.get("value", "") for n in walk([table]))
    labels = [node["label"] for node in walk(nodes) if "label" in node]
    assert not labels  # nobody asked for numbers


def test_a_problem_may_stand_in_the_directive(ask: Any) -> None:
    body = DECK.read_text(encoding="utf-8").replace('"Deep Learning"', '"<b> *x* $y$"')
    _, from_file, _ = ask("--directive", "derivation", arg="deck.toml", options={"table": "1"})
    _, inline, _ = ask("--directive", "derivation", body=body, options={"table": "1"})
    assert inline == from_file


@pytest.mark.parametrize("name", ["dloss/dw1[1,2]", "loss", "1/b1[1]", "dl1[2]/dp1[2](3)"])
def test_a_role_is_the_value(name: str, ask: Any) -> None:
    solution = tracer.solve(tracer.load(DECK))
    body = f"deck.toml {name}"
    quantity = solution[name]
    assert ask("--role", "tracer:value", body=body)[1] == [
        {"type": "text", "value": str(quantity.value)}
    ]
    assert ask("--role", "tracer:exact", body=body)[1] == [
        {"type": "text", "value": str(quantity.exact)}
    ]
    assert ask("--role", "tracer:symbol", body=body)[1] == [
        {"type": "inlineMath", "value": quantity.latex}
    ]
    (equation,) = ask("--role", "tracer:equation", body=body)[1]
    assert equation["value"].startswith(f"{quantity.latex} ")
    assert equation["value"].endswith(f" {quantity.value}")


def test_a_picture_is_an_image_of_its_own(ask: Any) -> None:
    block = {"kind": "figure", "svg": "<svg/>", "alt": "two layers", "id": "", "title": "net"}
    (node,) = myst.nodes([block])
    head, _, content = node["url"].partition(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(content) == b"<svg/>"
    assert node["alt"] == "two layers"


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"arg": "dek.toml"}, "dek.toml: there is no such file"),
    ({"arg": f"{'a' * 5000}.toml"}, "there is no such file"),
    ({}, "problem: there is none"),
    ({"arg": "deck.toml", "body": "x = 1"}, "deck.toml: is named, and there is TOML below it"),
    ({"arg": "deck.toml", "options": {"digits": "many"}}, "digits: must be a whole number"),
    ({"arg": "deck.toml", "options": {"only": "w1[9,9]"}}, "w1[9,9]: no such quantity"),
    ({"arg": "deck.toml", "node": {"options": {"olny": "loss"}}}, 'did you mean "only"?'),
    ({"body": "title = 3\nlayers = []"}, "TOML:1:9: "),
]


@pytest.mark.parametrize(("data", "message"), FAULTS, ids=lambda value: str(value)[:30])
def test_faults_have_a_line_and_a_status(data: dict[str, Any], message: str, ask: Any) -> None:
    node = {**data.get("node", {}), "position": {"start": {"line": 7}}}
    status, nodes, said = ask("--directive", "derivation", **{**data, "node": node})
    assert (status, nodes) == (1, None)
    assert said.startswith("line 7: ")
    assert message in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("deck.toml", "write a problem file and an id"),
        ("", "write a problem file and an id"),
        ("deck.toml loss digit=3", 'did you mean "digits"?'),
        ("deck.toml dloss/dw9[1,2]", "no such quantity"),
    ],
)
def test_faults_of_roles(body: str, message: str, ask: Any) -> None:
    status, _, said = ask("--role", "tracer:value", body=body)
    assert status == 1
    assert message in said


@pytest.mark.parametrize("arguments", [("--directive", "x"), ("--role",), ("a", "b", "c")])
def test_whoever_calls_it_by_hand_is_told_what_it_is(arguments: tuple[str, ...], ask: Any) -> None:
    status, _, said = ask(*arguments)
    assert status == 2
    assert "plug-in of mystmd" in said


def test_what_has_been_solved_needs_no_sympy(tmp_path: Path) -> None:
    """Each directive is a process: an unchanged one must not pay for the import."""
    shutil.copy(DECK, tmp_path)
    program = (
        "import sys; from tracer.myst import main; main(sys.argv[1:]); "
        "print('sympy' in sys.modules, file=sys.stderr)"
    )
    data = json.dumps({"arg": "deck.toml", "options": {"only": "loss"}})
    role = json.dumps({"body": "deck.toml loss"})
    calls = [([], ""), (["--directive", "derivation"], data), (["--role", "tracer:value"], role)]
    for loaded in ("True", "False"):
        for arguments, given in calls:
            done = subprocess.run(
                [sys.executable, "-c", program, *arguments],
                input=given,
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                check=True,
            )
            assert done.stderr.strip() == loaded, arguments


# -- mystmd itself --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def mystmd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, from npm; without it tests are skipped, but in CI they fail."""
    npm = need("npm")
    need("node")
    folder = tmp_path_factory.mktemp("mystmd")
    done = subprocess.run(
        [npm, "install", "--silent", "--no-audit", "--no-fund", MYSTMD],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    program = folder / "node_modules" / ".bin" / "myst"
    if not program.exists():
        message = f"{MYSTMD} can't be installed: {done.stderr.strip()[-300:]}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return program


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The small site, with the plug-in as `tracer-myst` is when it is installed."""
    folder = Path(shutil.copytree(SITE, tmp_path / "site"))
    script = folder / "tracer-myst"
    script.write_text(
        f"#!{sys.executable}\nimport sys\n\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from tracer.myst import main\n\nsys.exit(main())\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    return folder


def build(mystmd: Path, site: Path, *what: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(mystmd), "build", *what, "--strict"],
        cwd=site,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_mystmd_writes_the_values_of_the_trace(mystmd: Path, site: Path) -> None:
    done = build(mystmd, site, "--md")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "⚠️" not in said
    assert "⛔" not in said
    page = (site / "_build" / "exports" / "index.md").read_text(encoding="utf-8")
    solution = tracer.solve(tracer.load(DECK))
    gradient = solution["dloss/dw1[1,2]"]
    assert f"The gradient is {gradient.value}; equation [(1)](#second) says why." in page
    displays = re.findall(r"```\{math\}\n(.*?)```", page, re.DOTALL)
    assert displays[0].startswith(":label: second\n")
    assert displays[1].startswith(":label: second-2\n")
    for name in solution.ids:
        if name.startswith("dloss/d") and "(" not in name:
            quantity = solution[name]
            own = [
                text for text in displays if text.partition("=")[0].endswith(f"{quantity.latex} & ")
            ]
            own += [text for text in displays if text.startswith(f"{quantity.latex} = ")]
            assert any(f" {quantity.value}" in text for text in own), name


def test_mystmd_typesets_every_formula_of_a_site(mystmd: Path, site: Path) -> None:
    """KaTeX's complaints are warnings, and warnings are errors here."""
    done = build(mystmd, site, "--site")
    assert done.returncode == 0, done.stdout + done.stderr
    content = json.loads((site / "_build/site/content/index.json").read_text(encoding="utf-8"))
    nodes = list(walk(content["mdast"]["children"]))
    formulas = [node for node in nodes if node["type"] in ("math", "inlineMath")]
    assert len(formulas) > 100
    assert all("katex-mathml" in node["html"] and not node.get("error") for node in formulas)
    numbers = [node["enumerator"] for node in formulas if node.get("enumerator")]
    assert numbers == ["1", "2"]
    words = " ".join(node["value"] for node in nodes if node["type"] == "text")
    assert "<b>" not in words or "<b>*bold*</b>" in words


def test_mystmd_stops_at_a_fault(mystmd: Path, site: Path) -> None:
    page = "# T\n\n```{derivation} problems/dek.toml\n```\n"
    (site / "index.md").write_text(page, encoding="utf-8")
    done = build(mystmd, site, "--site")
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "line 3: problems/dek.toml: there is no such file" in said
    assert "Traceback" not in said
