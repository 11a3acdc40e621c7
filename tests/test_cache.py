"""The cache of docs builds: what is damaged is made anew, and nothing half written stays."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tracer.embedding.cache import Cache

ASKED = {"a": 1}
ANSWER = {"html": "<p>é</p>", "rows": [1, 2]}


def answer(cache: Cache) -> tuple[Any, int]:
    """What the cache answers, and how often it had to be made."""
    made: list[int] = []
    found = cache.get(ASKED, lambda: made.append(1) or ANSWER)  # type: ignore[func-returns-value]
    return found, len(made)


def with_answer(entry: str, text: Any) -> str:
    """An entry with another answer, and the hash of that."""
    own = {"answer": text, "hash": sha256(str(text).encode()).hexdigest()}
    return json.dumps({**json.loads(entry), **own})


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: "",
        lambda _: "null",
        lambda _: "[" * 100_000,
        lambda entry: entry[:40],
        lambda entry: json.dumps({**json.loads(entry), "answer": '"other"'}),
        lambda entry: json.dumps({**json.loads(entry), "key": "other"}),
        lambda entry: with_answer(entry, 5),
        lambda entry: with_answer(entry, "no JSON"),
        lambda entry: with_answer(entry, "[" * 100_000),
    ],
)
def test_a_damaged_entry_is_made_anew(damage: Any, tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert answer(cache) == (ANSWER, 1)
    assert answer(cache) == (ANSWER, 0)
    (entry,) = tmp_path.iterdir()
    whole = entry.read_text(encoding="utf-8")
    entry.write_text(damage(whole), encoding="utf-8")
    assert answer(cache) == (ANSWER, 1)
    assert entry.read_text(encoding="utf-8") == whole
    assert answer(cache) == (ANSWER, 0)


def test_a_link_in_the_place_of_an_entry_is_not_followed_when_writing(tmp_path: Path) -> None:
    folder, other = tmp_path / "cache", tmp_path / "other"
    cache = Cache(folder)
    answer(cache)
    (entry,) = folder.iterdir()
    entry.unlink()
    other.write_text("mine", encoding="utf-8")
    entry.symlink_to(other)
    assert answer(cache) == (ANSWER, 1)
    assert other.read_text(encoding="utf-8") == "mine"
    assert not entry.is_symlink()


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_nothing_half_written_stays(
    fault: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise fault

    monkeypatch.setattr(os, "replace", refuse)
    if isinstance(fault, OSError):  # there is still the answer
        assert answer(Cache(tmp_path)) == (ANSWER, 1)
    else:
        with pytest.raises(KeyboardInterrupt):
            answer(Cache(tmp_path))
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert answer(Cache(tmp_path / "file" / "cache")) == (ANSWER, 1)
