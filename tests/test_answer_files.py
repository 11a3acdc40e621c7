"""Structured submissions: what is read, what is refused, and where a refusal says the fault is."""

from __future__ import annotations

import io
import os
import re
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from flint import fmpq

import tracer
from tests.conftest import EXAMPLES, ROOT
from tracer import ids
from tracer.answers.files import AnswerReader
from tracer.answers.submission import Submission
from tracer.literals import Literal
from tracer.trace import build


def reader(name: str) -> AnswerReader:
    problem = tracer.load(ROOT / "examples" / f"{name}.toml")
    return AnswerReader(problem, build(problem))


@pytest.fixture(scope="module")
def deck() -> AnswerReader:
    return reader("deck")


def given(submission: Submission) -> dict[str, str]:
    assert not submission.unknown
    return {name: answer.given for name, answer in submission.answers.items()}


def test_ids_with_values_in_every_format(deck: AnswerReader, tmp_path: Path) -> None:
    expected = {"dloss/dw1[1,2]": "1.20", "l1[2](3)": "2.3", "1/loss": "0.84862", "b1[1]": "3"}
    texts = {
        "a.toml": '"dloss/dw1[1,2]" = 1.20\n[answers]\n"l1[2](3)" = "2.3"\n"1/loss" = 0.84862\n'
        '"b1[1]" = 3\n',
        "a.json": '{"dloss/dw1[1,2]": 1.20, "answers": {"l1[2](3)": "2.3", "1/loss": 0.84862,'
        ' "b1[1]": 3}}',
        "a.csv": 'id,value\n"dloss/dw1[1,2]",1.20\nl1[2](3),2.3\n1/loss,0.84862\nb1[1],3\n',
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.write_text(text)
        submission = deck.read(path)
        assert given(submission) == expected
        assert submission.name == str(path)
        reading = submission.answers["dloss/dw1[1,2]"].reading
        assert reading is not None
        assert (reading.value, reading.half, reading.decimals) == (fmpq(6, 5), fmpq(1, 200), 2)
    assert given(deck.read(expected)) == expected
    assert given(deck.read(expected)) == expected  # the second time by what is remembered


def test_lists_and_tables_stand_for_ids(deck: AnswerReader) -> None:
    text = """
    loss = 1.65
    l1 = [[1.5, 1.6], [1.1, "?"], [2.3, 2.4], [1.9, 2.0], [1.7, ""]]
    "l2(3)" = [1.42]
    "w_{1,2}^1" = 3
    [gradients]
    w1 = [[1.204, 1.332], [3.612, "?"]]
    "w_{1,1}^2" = 7.1
    "∂MSE/∂b_1^2" = 3.8
    p2 = [[1], [2], [3], [4], [5]]
    [updated]
    w2 = [[0.029, 0.229]]
    loss = 0.845
    ["1"]
    "b1[2]" = 0.4886
    """
    assert given(deck.parse(text, "a.toml", "toml")) == {
        "loss": "1.65",
        "l1[1](1)": "1.5",
        "l1[2](1)": "1.6",
        "l1[1](2)": "1.1",
        "l1[1](3)": "2.3",
        "l1[2](3)": "2.4",
        "l1[1](4)": "1.9",
        "l1[2](4)": "2.0",
        "l1[1](5)": "1.7",
        "l2[1](3)": "1.42",
        "w1[1,2]": "3",
        "dloss/dw1[1,1]": "1.204",
        "dloss/dw1[1,2]": "1.332",
        "dloss/dw1[2,1]": "3.612",
        "dloss/dw2[1,1]": "7.1",
        "dloss/db2[1]": "3.8",
        **{f"dloss/dp2[1]({n})": f"{n}" for n in range(1, 6)},
        "1/w2[1,1]": "0.029",
        "1/w2[1,2]": "0.229",
        "1/loss": "0.845",
        "1/b1[2]": "0.4886",
    }


def test_a_table_for_each_layer_and_sample(deck: AnswerReader) -> None:
    document = {
        "layers": [
            {"weights": [[1, 2], [3, 4]], "bias_gradients": [5, 6]},
            {"biases": [7], "weight_gradients": [[8, None]]},
        ],
        "samples": [
            {"outputs": [9], "pre_activations": [[10, 11], [12]]},
            {"activations": [[13, 14], [15]], "deltas": [["?", 17], [18]], "loss": 19},
        ],
    }
    assert given(deck.read(document)) == {
        "1/w1[1,1]": "1",
        "1/w1[1,2]": "2",
        "1/w1[2,1]": "3",
        "1/w1[2,2]": "4",
        "dloss/db1[1]": "5",
        "dloss/db1[2]": "6",
        "1/b2[1]": "7",
        "dloss/dw2[1,1]": "8",
        "l2[1](1)": "9",
        "p1[1](1)": "10",
        "p1[2](1)": "11",
        "p2[1](1)": "12",
        "l1[1](2)": "13",
        "l1[2](2)": "14",
        "l2[1](2)": "15",
        "loss(2)": "19",
        "dloss/dp1[2](2)": "17",
        "dloss/dp2[1](2)": "18",
    }


def test_json_as_the_tool_writes_it_is_read_again(deck: AnswerReader) -> None:
    solution = tracer.solve(deck.names.problem)
    submission = deck.parse(solution.render("json"), "a.json", "json")
    assert given(submission).keys() == set(solution.ids)
    assert all(
        answer.given == f"{solution[name].value}" for name, answer in submission.answers.items()
    )


def test_one_sample_needs_no_number() -> None:
    one = reader("published/mazur_2_2_2")
    assert given(one.read({"l1": ["0.5932", "0.5968"], "p2[1]": "1.1059"})) == {
        "l1[1](1)": "0.5932",
        "l1[2](1)": "0.5968",
        "p2[1](1)": "1.1059",
    }


def test_layers_and_samples_of_a_section_are_of_its_step(deck: AnswerReader) -> None:
    """[updated] says already that weights are the new ones, and [gradients] what is by them."""
    layers = [{}, {"weights": [[1, 2]], "biases": [3]}]
    assert given(deck.read({"updated": {"layers": layers}})) == {
        "1/w2[1,1]": "1",
        "1/w2[1,2]": "2",
        "1/b2[1]": "3",
    }
    assert given(deck.read({"gradients": {"layers": layers}})) == {
        "dloss/dw2[1,1]": "1",
        "dloss/dw2[1,2]": "2",
        "dloss/db2[1]": "3",
    }


def test_our_own_json_has_points_whatever_the_page_has() -> None:
    problem = tracer.load(ROOT / "examples" / "komma.toml")
    text = tracer.solve(problem).render("json")
    assert '"-2.875"' in text  # which with a decimal comma may mean -2875
    found = AnswerReader(problem, build(problem)).parse(text, "a", "json")
    assert not [name for name, answer in found.answers.items() if answer.reading is None]


def test_a_sample_may_be_a_table_of_ids(deck: AnswerReader) -> None:
    samples = [{}, {"l1": [1, 2], "l2[1]": 3, "dloss/dp2": [4], "loss": 5}]
    assert given(deck.read({"samples": samples})) == {
        "l1[1](2)": "1",
        "l1[2](2)": "2",
        "l2[1](2)": "3",
        "dloss/dp2[1](2)": "4",
        "loss(2)": "5",
    }
    assert given(deck.read({"updated": {"samples": [*samples[:1], {"l1": [1, 2]}]}})) == {
        "1/l1[1](2)": "1",
        "1/l1[2](2)": "2",
    }


def test_graphs_have_the_names_of_their_users() -> None:
    graph = reader("graph")
    assert given(graph.read({"q": "3", "gradients": {"x": -4, "q": "-4"}})) == {
        "q": "3",
        "df/dx": "-4",
        "df/dq": "-4",
    }
    rows = reader("gru")
    index = rows.names.index
    family = sorted(name for name in index if name.startswith("h["))
    assert len(family) > 1
    values = [f"{n}" for n in range(len(family))]
    assert sorted(given(rows.read({"h": values}))) == family
    fault = rows.read({"layers": [{"weights": [[1]]}]}).unknown[0]
    assert fault.message == "layers: is for networks; this problem is a graph"


class _Array:
    """As arrays of NumPy are: known by ``tolist``."""

    def __init__(self, values: list[object]) -> None:
        self.values = values

    def __iter__(self) -> Iterator[object]:
        return iter(self.values)

    def tolist(self) -> list[object]:
        raise AssertionError("its entries know their own precision")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (-1.5, "-1.5"),
        (0.1 + 0.2, "0.3"),  # not what the sum is spoilt by
        (1 / 3, "0.333333333333"),
        (Fraction(-1, 3), "-1/3"),
        (Decimal("1.20"), "1.20"),
        (Literal("1.20"), "1.20"),
        (" 7 ", " 7 "),
    ],
)
def test_numbers_from_python(deck: AnswerReader, value: object, text: str) -> None:
    assert given(deck.read({"loss": value})) == {"loss": text}


def test_arrays_from_python(deck: AnswerReader) -> None:
    rows = _Array([_Array([1.5, 2]), _Array([3, None])])
    found = given(deck.read({"gradients": {"w1": rows}}))
    assert found == {"dloss/dw1[1,1]": "1.5", "dloss/dw1[1,2]": "2", "dloss/dw1[2,1]": "3"}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (True, "true is not a number"),
        (float("nan"), "nan is not a number"),
        (float("-inf"), "-inf is not a number"),
        (Decimal("NaN"), "NaN is not a number"),
        pytest.param(10**5000, "the number is too long", id="long"),
        (object, "a type is not a number"),
        ("x" * 10_000, "10,000 characters; at most 500 are read"),
        (
            "\ud800",
            r"the character '\ud800' (U+D800) is not one that formulas are read in",
        ),
    ],
)
def test_what_is_no_value_from_python(deck: AnswerReader, value: object, reason: str) -> None:
    answer = deck.read({"loss": value}).answers["loss"]
    assert (answer.reading, answer.reason) == (None, reason)
    assert len(answer.given) <= 501
    answer.given.encode()


def test_what_is_not_answered_is_no_answer(deck: AnswerReader) -> None:
    assert given(deck.read({"loss": "", "l1[1](1)": " ? ", "b1[1]": None, "1/loss": "1"})) == {
        "1/loss": "1"
    }
    once_more = {"loss": "", "l1[1](1)": "?", "1/loss": "1"}
    assert given(deck.read(once_more)) == given(deck.read(once_more)) == {"1/loss": "1"}


@pytest.mark.parametrize(
    ("text", "kind", "place", "message"),
    [
        ("nonsense = 1", "toml", "a:1:12", "nonsense: no such quantity in this problem; ids look"),
        ('"dloss/dw1[1,3]" = 1', "toml", "a:1:20", 'did you mean "dloss/dw1[1,2]"?'),
        ('"l1[1]" = 1', "toml", "a:1:11", "say of which sample, from 1 to 5, such as l1[1](1)"),
        ('"2/loss" = 1', "toml", "a:1:12", "the problem has no step 2; its last is 1"),
        ("w1 = 3", "toml", "a:1:6", "w1: must be a list of 2 lists of 2 values"),
        ("w1 = [1, 2]", "toml", "a:1:6", "w1: must be a list of 2 lists of 2 values; write"),
        ("w1 = [[1, 2], [[3], 4]]", "toml", "a:1:6", "w1: must be a list of 2 lists of 2 values"),
        ("l2 = [1]", "toml", "a:1:6", "l2: must be a list of 5 lists of 1 value, one for each"),
        ("loss = [1, 2]", "toml", "a:1:8", "loss: must be a list of 5 values, one for each sample"),
        ('"1/loss" = [[1]]', "toml", "a:1:12", "1/loss: must be a list of 5 values"),
        ('"w1[1,1]" = [1]', "toml", "a:1:13", "is one quantity, and must have one value"),
        ("foo = [1]", "toml", "a:1:7", "foo: no such quantity"),
        ("[foward]\nloss = 1", "toml", "a:1:2", "no such table; there are answers, forward, "),
        ("loss = {a = 1}", "toml", "a:1:8", "loss: no such table"),
        ("[[layers]]\nweightz = 1", "toml", "a:2:11", 'no such key of [[layers]]; did you mean "'),
        (
            "[[layers]]\ncolour = 1",
            "toml",
            "a:2:10",
            "no such key of [[layers]]; there are weights, ",
        ),
        ("[[samples]]\ndeltas = [1]", "toml", "a:2:10", "deltas: must be a list with a list for"),
        ("[[layers]]\n[[layers]]\n[[layers]]\nbiases = [1]", "toml", "a:4:10", "biases: no such"),
        ('{"schema": 2}', "json", "a:1:12", "schema: must be 1, the only one there is"),
        ('{"quantities": [{"id": 1}]}', "json", "a:1:17", 'each must have an "id" and a "value"'),
        ('{"quantities": [\n{"id": "x", "value": "1"}]}', "json", "a:2:22", "x: no such quantity"),
        ("lozz,1", "csv", "a:1", "lozz: no such quantity"),
        ("loss,1\n\n,2", "csv", "a:3", '"": no such quantity'),
    ],
)
def test_what_names_no_quantity_is_told(
    deck: AnswerReader, text: str, kind: str, place: str, message: str
) -> None:
    submission = deck.parse(text, "a", kind)
    fault = submission.unknown[0]
    assert fault.where == place
    assert message in fault.message


def test_what_is_given_twice(deck: AnswerReader) -> None:
    same = deck.parse('loss = 1.2\n[answers]\nloss = 1.20\n[forward]\nloss = "?"', "a", "toml")
    assert given(same) == {"loss": "1.20"}
    answer = deck.parse("loss = 1\n[answers]\nloss = 2", "a", "toml").answers["loss"]
    assert answer.reading is None
    assert answer.reason == "is given twice with different values: 1 (a:1:8) and 2 (a:3:8)"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("id,value\nloss,1.65\n", ["1.65"]),
        ("loss,1.65\n", ["1.65"]),
        ("\ufeffQuantity;Answer\nloss;1\n", ["1"]),
        ("id\tvalue\nloss\t1.65\n", ["1.65"]),
        ("id,code,given,expected\nloss,wrong,1.6,1.65\n", ["1.6"]),  # a report of our own
        ("loss,'-1\n", ["-1"]),  # what spreadsheets would run is guarded so in our reports
        ('loss,"1"\r\n"dloss/dw1[1,2]",2,"a note, with commas"\r\n', ["1", "2"]),
        ("dloss/dw1[1,2],2\nw_{1,2}^1,3", ["2", "3"]),
        ("# how to\nloss,1\n\n,\n", ["1"]),
        ("loss\nl2[1](1),\n1/loss,2", ["2"]),
    ],
)
def test_tables(deck: AnswerReader, text: str, values: list[str]) -> None:
    submission = deck.parse(text, "a.csv", "csv")
    assert list(given(submission).values()) == values


def test_a_decimal_comma_between_columns_is_not_taken_apart(deck: AnswerReader) -> None:
    for text in ("loss,0,5\n", "id,value\nloss,0,5\n"):
        answer = deck.parse(text, "a", "csv").answers["loss"]
        assert (answer.given, answer.reading) == ("0,5", None)
        assert "put a number with a decimal comma in quotes" in answer.reason
    for text in ('loss,"0,5"\n', "loss;0,5\n", "id;value\nloss;0,5\n"):
        assert deck.parse(text, "a", "csv").answers["loss"].given == "0,5"


_MEGA = "1" * 100_000
BAD_FILES = {
    "empty.json": ("", ":1:1: not valid JSON: a value is missing here"),
    "list.json": ("[1]", ": must be a table of answers: an object with ids as keys"),
    "deep.json": ('{"a":' + "[" * 100_000, ":1:26: not valid JSON: brackets are nested more than"),
    "digits.json": (f'{{"loss": {_MEGA}}}', ":1:10: not valid JSON: a word or number of 100,000"),
    "twice.json": ('{"a": 1,\n"a": 2}', ':2:1: not valid JSON: the key "a" is there already'),
    "half.json": (r'{"loss": "\ud800"}', r":1:10: not valid JSON: \ud800 is half a character"),
    "escape.json": (r'{"loss": "\x"}', ":1:10: not valid JSON: text with an escape"),
    "open.json": ('{"loss": "1', ":1:10: not valid JSON: text is never closed"),
    "comma.json": ('{"loss": 1,}', ":1:12: not valid JSON: a key in double quotes is missing"),
    "python.json": ("{'loss': 1}", ":1:2: not valid JSON: a key in double quotes is missing"),
    "zero.json": ('{"loss": 01}', ":1:10: not valid JSON: '01' is no value"),
    "more.json": ('{"loss": 1} 2', ":1:13: not valid JSON: the document ends before this"),
    "gap.json": ('{"w1": [1 2]}', ":1:11: not valid JSON: a comma or the closing ] is missing"),
    "many.json": (
        '{"quantities": [' + ",".join(['{"id":"loss","value":"1"}'] * 5_001) + "]}",
        ": has more than 5,000 answers",
    ),
    "deep.toml": ("a = " + "[" * 5_000, ":1:25: brackets are nested more than 20 deep"),
    "dots.toml": ("a." * 30_000 + "b = 1", ":1:34: more than 16 dots in one key"),
    "digits.toml": ("loss = " + "1" * 90_000, ":1:8: a word or number of 90,000 characters"),
    "hex.toml": ("loss = 0x" + "f" * 90_000, ":1:8: a word or number of 90,002 characters"),
    "line.toml": (f'loss = "{_MEGA}"', ":1:1: the line has 100,009 characters; at most"),
    "keys.toml": (
        "".join(f"k{n} = 1\n" for n in range(1_001)),
        ":1001:7: more than 1,000 keys in one table",
    ),
    "twice.toml": ("loss = 1\nloss = 2", ":2:1: not valid TOML: this key is there already"),
    "bare.toml": ("w1[1,2] = 0.3", ":1:3: not valid TOML: the = after a key is missing (keys with"),
    "nul.toml": ("loss = 1\0", r":1:9: the character \x00 can't stand in TOML"),
    "nul.csv": ("loss,1\0", r":1: the character \x00 can't stand in a table"),
    "quote.csv": ('loss,"1', ":1: not valid CSV"),
    "line.csv": ("loss," + _MEGA, ":1: the line has 100,005 characters; at most 100,000 are read"),
    "mega.json": ('{"loss": ' + "1" * 10**6, ": is larger than 262,144 bytes, the most"),
    "mega.toml": ("loss = " + "1" * 10**6, ": is larger than 262,144 bytes, the most"),
    "mega.csv": ("loss," + "1" * 10**6, ": is larger than 262,144 bytes, the most that is read"),
    "many.csv": ("loss,1\n" * 5_001, ": has more than 5,000 answers"),
    "notes.txt": ("loss = 1", ": answers are read from files with the endings .toml, .json, .csv"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files_are_refused_in_a_line(deck: AnswerReader, tmp_path: Path, name: str) -> None:
    text, message = BAD_FILES[name]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    _refused(deck, path, message)


def _refused(deck: AnswerReader, path: Path, message: str) -> None:
    begin = time.process_time()
    with pytest.raises(tracer.InputError) as caught:
        deck.read(path)
    assert time.process_time() - begin < 1
    assert str(caught.value).startswith(f"{path}{message}")
    assert "\n" not in str(caught.value)


def test_only_regular_files_are_opened(deck: AnswerReader, tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    real.write_text("loss = 1\n")
    link, pipe, folder = (tmp_path / f"{name}.toml" for name in ("link", "pipe", "folder"))
    link.symlink_to(real)
    os.mkfifo(pipe)
    folder.mkdir()
    _refused(deck, link, ": is a symbolic link; name the file itself")
    _refused(deck, pipe, ": is not a regular file")
    _refused(deck, folder, ": is a directory; name an answer file in it")
    _refused(deck, tmp_path / "none.toml", ": there is no such file")
    _refused(deck, Path("/dev/zero"), ": is not a regular file")


@pytest.mark.parametrize("ending", ["toml", "json", "csv"])
def test_files_of_bytes_are_refused(deck: AnswerReader, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    path.write_bytes(b"loss = 1\n\x80\x81")
    _refused(deck, path, ":2:1: byte 0x80 is not UTF-8; save the file as UTF-8")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("".join(f"k{n} = 1\n" for n in range(1_000)), "toml"),
        ("".join(f"k{n},1\n" for n in range(5_000)), "csv"),
        ("{" + ",".join(f'"w_{{{n},1}}^1":"1"' for n in range(5_000)) + "}", "json"),
        ("{" + ",".join(f'"dloss/dw9[{n},1]":"1"' for n in range(5_000)) + "}", "json"),
        ('"w1[1,1]" = "' + "(" * 90_000 + '"', "toml"),
        ('{"' + "\\\\" * 60_000 + '": 1}', "json"),
        ("w1 = [" + "[1]," * 20_000 + "]", "toml"),
    ],
)
def test_hostile_names_cost_little(deck: AnswerReader, text: str, kind: str) -> None:
    begin = time.process_time()
    submission = deck.parse(text, "a", kind)
    assert time.process_time() - begin < 1
    for fault in submission.unknown:
        assert len(str(fault)) < 600
        assert "\n" not in str(fault)


def test_a_mapping_in_itself_ends(deck: AnswerReader) -> None:
    loop: dict[str, object] = {}
    loop["forward"] = loop
    with pytest.raises(tracer.InputError, match="nested more than 20 deep"):
        deck.read(loop)


def test_answers_from_standard_input(deck: AnswerReader, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("# mine\nloss = 1\n", "[forward]\nloss = 1", ' {"loss": 1}', "loss,1", "loss;1"):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        submission = deck.read("-")
        assert (submission.name, given(submission)) == ("<stdin>", {"loss": "1"})


def test_a_decimal_comma_is_for_text(tmp_path: Path) -> None:
    """A number of TOML or JSON has a point in every language."""
    komma = reader("komma")
    path = tmp_path / "a.toml"
    path.write_text('"b1[1]" = "0,5"\n"b1[2]" = 0.25\nloss = "1.204"')
    answers = komma.read(path).answers
    values = [a.reading and a.reading.value for a in answers.values()]
    assert values[:2] == [fmpq(1, 2), fmpq(1, 4)]
    assert answers["loss"].given == "1.204"
    assert values[2] != fmpq(301, 250)
    assert komma.read({"b1[1]": 0.5}).answers["b1[1]"].reading == answers["b1[1]"].reading


@pytest.mark.parametrize("kind", ["mapping", "toml"])
def test_what_was_read_once_is_read_the_same_again(deck: AnswerReader, kind: str) -> None:
    """The first time names are looked up, then remembered: nothing else differs."""
    answers = {"loss": "1.65", "l1[1](1)": "x", "1/loss": "1/3", "w_{1,2}^1": "0,5", "b1[1]": ""}
    fresh = AnswerReader(deck.names.problem, build(deck.names.problem))
    text = "".join(f'"{name}" = "{value}"\n' for name, value in answers.items())
    first, second = (
        fresh.read(answers) if kind == "mapping" else fresh.parse(text, "a", "toml")
        for _ in range(2)
    )
    assert first == second
    assert {name for name, own in first.answers.items() if own.reading} == {"loss", "1/loss"}


@pytest.mark.parametrize("path", [*EXAMPLES, *sorted((ROOT / "examples/published").glob("*"))])
def test_lists_reach_every_quantity(path: Path) -> None:
    """Each list of a problem has the ids of its places, row by row; together they have all."""
    problem = tracer.load(path)
    own = AnswerReader(problem, build(problem))
    output = f"d{own.names.output}/d"
    # of local derivatives most would be gaps
    index = {name for name in own.names.index if "/d" not in name or name.startswith(output)}
    reached: dict[str, str] = {}
    for name in {re.sub(r"\[[0-9,]+\]|\([0-9]+\)$", "", ids.split_step(one)[1]) for one in index}:
        for family in own.names.families(name):
            submission = own.read({name: _numbered(family.axes), f"1/{name}": "?"})
            for found, answer in submission.answers.items():
                places = tuple(int(n) for n in re.findall(r"[0-9]+", answer.given))
                assert found == own.names.id_of(family.id_at(places)), (name, found)
                reached[found] = answer.given
    listed = {name for name in index if re.search(r"\[|\(", ids.split_step(name)[1])}
    made_later = {name for name in listed if ids.split_step(name)[0]}
    assert reached.keys() >= listed - made_later


def _numbered(axes: Sequence[tuple[int, ...]], before: tuple[int, ...] = ()) -> object:
    """A list whose values are their own places."""
    if not axes:
        return " ".join(map(str, before))
    return [_numbered(axes[1:], (*before, place)) for place in axes[0]]
