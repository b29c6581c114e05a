"""Work files: what is missing goes out by room; what comes back is taken where it is right, and named where not."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from reattune import content
from scripts.languages import catalogues, prose, work_files
from scripts.languages.placeholders import problem_of


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty German beside the English words, in a folder of its own."""
    shutil.copytree(prose.CONTENT / "en", tmp_path / "content" / "en")
    monkeypatch.setattr(prose, "CONTENT", tmp_path / "content")
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path / "locale")
    return tmp_path


def given(desk: Path, name: str) -> Any:
    return tomlkit.parse((desk / "out" / name).read_text("utf-8"))


def taken(desk: Path, name: str, document: Any) -> int:
    (desk / "out" / name).write_text(tomlkit.dumps(document), "utf-8")
    return work_files.take("de", [desk / "out" / name])


@pytest.mark.parametrize(
    ("english", "words"),
    [
        (["{name} is here."], "Hier ist {wer}."),
        (["%(n)s of %(whole)s"], "%(n)s"),
        (["One day", "%(n)s days"], ""),
        (["Felt %(n)s true"], "%(n)s % wahr"),
        (["Plain"], "Mit {name}"),
    ],
)
def test_what_is_filled_in_has_to_be_the_same(english: list[str], words: str) -> None:
    assert problem_of(english, words)


def test_a_number_may_be_left_out_of_the_form_for_one() -> None:
    assert problem_of(["One day", "%(n)s days"], "Ein Tag") == ""
    assert problem_of(["%(n)s day", "%(n)s days"], "Ein Tag") == ""
    assert problem_of(["{n1} or {n2}"], "{n2} oder {n1}") == ""


def test_everything_that_is_missing_goes_out(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work_files.give("de", desk / "out")
    files = sorted((desk / "out").glob("*.toml"))
    documents = [tomllib.loads(path.read_text("utf-8")) for path in files]
    assert sum(len(each.get("sentence", [])) for each in documents) == len(catalogues.sentences())
    assert sum(len(each.get("prose", [])) for each in documents) == len(prose.every_unit())
    assert "screens-mend.toml" in [path.name for path in files]
    assert "# web/pages/mend/" in (desk / "out" / "screens-mend.toml").read_text("utf-8")


def test_a_sentence_comes_back_and_is_not_asked_again(desk: Path) -> None:
    work_files.give("de", desk / "out")
    document = given(desk, "screens-mend.toml")
    entry = next(each for each in document["sentence"] if each["en"] == "Softer")
    entry["words"] = "Sanfter"
    assert taken(desk, "screens-mend.toml", document) == 0
    assert catalogues.read("de").get("Softer").string == "Sanfter"  # type: ignore[union-attr]
    assert "Softer" not in [each.one for each in catalogues.missing("de")]


def test_what_is_wrong_is_named_and_the_rest_is_taken(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work_files.give("de", desk / "out")
    document = given(desk, "screens-mend.toml")
    by_english = {each["en"]: each for each in document["sentence"]}
    by_english["Softer"]["words"] = "Sanfter " * 40
    by_english["Firmer"]["words"] = "Fester"
    assert taken(desk, "screens-mend.toml", document) == 1
    assert "Softer: It is 3" in capsys.readouterr().out
    assert catalogues.read("de").get("Firmer").string == "Fester"  # type: ignore[union-attr]
    assert not catalogues.read("de").get("Softer").string  # type: ignore[union-attr]


def test_a_plural_form_too_few_is_named(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work_files.give("de", desk / "out")
    document = given(desk, "screens-shared.toml")
    many = next(each for each in document["sentence"] if "en_many" in each)
    many["words"] = ["nur eine"]
    assert taken(desk, "screens-shared.toml", document) == 1
    assert "It has to have 2 forms, and has 1." in capsys.readouterr().out


def test_prose_comes_back_in_the_layout_of_english(desk: Path) -> None:
    work_files.give("de", desk / "out")
    document = given(desk, "prose-openings.toml")
    entry = document["prose"][0]
    forms = tomlkit.inline_table()
    forms.update({"familiar": "Als ich dir von … erzählt habe,", "formal": "Als ich Ihnen von … erzählt habe,"})
    array = tomlkit.array()
    array.append(forms)
    array.append("Ich habe das eine gesagt, und die Antwort war auf etwas anderes:")
    entry["words"] = array
    assert taken(desk, "prose-openings.toml", document) == 0
    file = (desk / "content" / "de" / "openings.toml").read_text("utf-8")
    assert file.startswith((desk / "content" / "en" / "openings.toml").read_text("utf-8").partition("\n")[0])
    assert prose.at(prose.written("openings", "de"), entry["address"])[0]["formal"].startswith("Als ich Ihnen")
    assert (entry["file"], entry["address"]) not in [(unit.file, unit.address) for unit in prose.missing("de")]
    assert len(prose.missing("de")) == len(prose.every_unit()) - 1


def test_data_in_the_story_is_no_words() -> None:
    story = {unit.address: unit.words for unit in prose.units("example")}
    assert story["therapist"] == "Miriam"
    assert not [address for address in story if address.endswith(("role", "cause", "did", "feelings", "key", "region"))]


def test_two_forms_are_one_text_when_they_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "some.toml").write_text('a = [{ familiar = "du", formal = "Sie" }, "beide"]\nb = "x"\n', "utf-8")
    monkeypatch.setattr(content, "folder_of", lambda _language: tmp_path)
    assert content.words("some", "zz") == {"a": ["du", "beide"], "b": "x"}
    assert content.words("some", "zz", content.FORMAL) == {"a": ["Sie", "beide"], "b": "x"}
