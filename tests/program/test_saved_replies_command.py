"""`mentiondesk saved-replies`: written to a file and read from one, with every fault at once."""

from pathlib import Path

from processes import command, environment
from scene import DESK_TOML

GOOD = """
[[saved_reply]]
title = "Late"
text = "Hi {name}, sorry to keep you waiting."
language = "en"
area = "delivery"
expires_on = 2027-01-31
"""
BAD = """
[[saved_reply]]
title = "Late"
text = "Hi {nmae}"
language = "en"
[[saved_reply]]
title = "Moon"
text = "Hi"
language = "en"
area = "moon"
"""


def desk(folder: Path) -> dict[str, str]:
    (folder / "desk.toml").write_text(DESK_TOML, encoding="utf-8")
    return environment("http://127.0.0.1:9", folder)


async def test_what_is_imported_is_exported_and_importing_again_changes_nothing(tmp_path: Path) -> None:
    env = desk(tmp_path)
    (tmp_path / "ours.toml").write_text(GOOD, encoding="utf-8")
    said = await command(tmp_path, env, "saved-replies", "import", "ours.toml")
    assert (said.code, said.said) == (0, "1 added, 0 changed, 0 removed.")
    said = await command(tmp_path, env, "saved-replies", "export", "again.toml")
    assert (said.code, said.said) == (0, "Wrote 1 saved reply to again.toml.")
    said = await command(tmp_path, env, "saved-replies", "import", "again.toml", "--replace")
    assert (said.code, said.said) == (0, "0 added, 0 changed, 0 removed.")
    said = await command(tmp_path, env, "saved-replies", "export")
    assert said.out == (tmp_path / "again.toml").read_text(encoding="utf-8")


async def test_every_fault_of_a_file_is_told_with_its_place_and_nothing_is_taken_in(tmp_path: Path) -> None:
    env = desk(tmp_path)
    (tmp_path / "bad.toml").write_text(BAD, encoding="utf-8")
    said = await command(tmp_path, env, "saved-replies", "import", "bad.toml")
    assert said.code == 2
    assert "2 things to mend" in said.said
    assert "bad.toml: [[saved_reply]] 1. “Late”: There is no variable {nmae}." in said.said
    assert "bad.toml: [[saved_reply]] 2. “Moon”: area “moon” is not in desk.toml." in said.said
    assert (await command(tmp_path, env, "saved-replies", "export")).out == ""


async def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    env = desk(tmp_path)
    said = await command(tmp_path, env, "saved-replies", "import", "none.toml")
    assert (said.code, "none.toml: it can't be read" in said.said) == (2, True)
    (tmp_path / "latin.toml").write_bytes(b"title = '\xe8'")
    said = await command(tmp_path, env, "saved-replies", "import", "latin.toml")
    assert (said.code, "save it as UTF-8" in said.said) == (2, True)
