"""What the catalog's tests leave out: files that cannot be read, defaults, and the other kinds."""

import pytest

from duplex.errors import CourseError
from duplex.table import Table, parse


@pytest.fixture
def read(tmp_path):
    """Read a table from its text."""

    def write(text: str) -> Table:
        file = tmp_path / "some.toml"
        file.write_text(text)
        return parse(file)

    return write


def test_missing_file_is_told(tmp_path):
    with pytest.raises(CourseError, match="gone.toml is missing; restore it"):
        parse(tmp_path / "gone.toml")


def test_folder_is_no_file(tmp_path):
    with pytest.raises(CourseError, match=r"cannot be read \(.+\); mend that first"):
        parse(tmp_path)


def test_key_is_taken_once(read):
    table = read('a = "x"')
    assert table.text("a") == "x"
    with pytest.raises(CourseError, match="the key 'a' is missing"):
        table.text("a")
    table.close()


def test_defaults_need_no_key(read):
    table = read("")
    assert table.text("a", "b") == "b"
    assert table.string("a", None) is None
    assert table.positive("a", 3) == 3
    assert table.texts("a", []) == ()


def test_string_may_be_empty(read):
    assert read('a = ""').string("a") == ""
    with pytest.raises(CourseError, match="must be a text"):
        read("a = 1").string("a", None)


def test_words_have_names(read):
    assert read('env = {A = "1"}').words("env") == {"A": "1"}
    assert read("").words("env") == {}
    for wrong in ("env = 1", "env = {A = 1}"):
        with pytest.raises(CourseError, match="the key 'env' must be a table of texts"):
            read(wrong).words("env")


def test_tables_are_numbered(read):
    first, second = read('[[edit]]\na = "x"\n[[edit]]\na = 1').tables("edit")
    assert first.text("a") == "x"
    with pytest.raises(CourseError, match="edit number 2: the key 'a' must be a text"):
        second.text("a")


@pytest.mark.parametrize("text", ["edit = 1", "edit = []", "edit = [1]", "[edit]\na = 1"])
def test_no_tables_are_told(read, text):
    with pytest.raises(CourseError, match=r"must be tables, each headed \[\[edit\]\]"):
        read(text).tables("edit")


@pytest.mark.parametrize("path", ["chat//views.py", "./a.py", "a/../b.py", "a/"])
def test_crooked_path_is_told(read, path):
    with pytest.raises(CourseError, match="but must name files such as"):
        read(f'a = ["{path}"]').paths("a")
