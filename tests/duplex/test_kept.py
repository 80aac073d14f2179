"""What a migration made is kept for the same project only, and only when that is safe."""

import pytest

from duplex import wire
from duplex.nursery import Nursery
from duplex.server import CAN_FORK, serve

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="no fork, and so no warm parent")
SETTINGS = """
from pathlib import Path
HERE = Path(__file__).parent
INSTALLED_APPS = ["config"]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": {name}}}}}
"""
MIGRATION = """from django.db import migrations


def note(apps, schema_editor):
    open({diary!r}, "a").write("migrated\\n")
    {more}


class Migration(migrations.Migration):
    operations = [migrations.RunSQL("CREATE TABLE visits (x)"), migrations.RunPython(note)]
"""
VIEW = """from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO visits VALUES (1)")
    return HttpResponse(str(cursor.execute("SELECT count(*) FROM visits").fetchone()[0]))"""


@pytest.fixture
def nursery():
    """A warm parent that remembers nothing yet."""
    with Nursery("wsgi") as nursery:
        yield nursery


@pytest.fixture
def diary(tmp_path):
    """A file to which each migration adds a line."""
    return tmp_path / "diary"


@pytest.fixture
def project(project_of, diary):
    """Write a project with a migration: project(database's name, more lines of the migration)."""

    def write(name="HERE / 'db.sqlite3'", more="pass", **files):
        migration = MIGRATION.format(diary=str(diary), more=more)
        made = {"config/migrations/0001_a.py": migration, "config/migrations/__init__.py": ""}
        return project_of(SETTINGS.format(name=name), VIEW, **made, **files)

    return write


@pytest.fixture
def visits(nursery):
    """Serve a project and return how many visits its database counts."""

    def count(folder) -> str:
        with serve(folder, nursery=nursery) as server:
            return wire.Http(server.address).get("/").text

    return count


def test_same_project_migrates_once(project, visits, diary):
    assert [visits(project()) for _ in range(3)] == ["1", "1", "1"]
    assert diary.read_text() == "migrated\n"


def test_changed_project_migrates_again(project, visits, diary):
    visits(project())
    visits(project(**{"notes.txt": "something else"}))
    assert diary.read_text() == "migrated\n" * 2


def test_printing_migration_runs_again(project, visits, diary):
    folder = project(more="print('look here')")
    assert [visits(folder), visits(folder)] == ["1", "1"]
    assert diary.read_text() == "migrated\n" * 2


def test_database_elsewhere_is_not_kept(project, visits, diary, tmp_path):
    folder = project(name=repr(str(tmp_path / "mine.sqlite3")))
    assert visits(folder) == "1"
    (tmp_path / "mine.sqlite3").unlink()
    assert visits(folder) == "1"
    assert diary.read_text() == "migrated\n" * 2


def test_project_with_links_is_not_kept(project, visits, diary, tmp_path):
    folder = project()
    (tmp_path / "notes").touch()
    (folder / "notes").symlink_to(tmp_path / "notes")
    assert [visits(folder), visits(folder)] == ["1", "1"]
    assert diary.read_text() == "migrated\n" * 2


def test_failed_migration_fails_again(project, nursery, diary):
    folder = project(more="raise ValueError('no')")
    for _ in range(2):
        with pytest.raises(Exception, match="ValueError: no"):
            serve(folder, nursery=nursery)
    assert diary.read_text() == "migrated\n" * 2


def test_few_projects_are_remembered(project, visits, diary):
    for number in [*range(10), 9, 0]:
        visits(project(**{"notes.txt": str(number)}))
    assert diary.read_text() == "migrated\n" * 11  # 9 is still known, 0 is forgotten
