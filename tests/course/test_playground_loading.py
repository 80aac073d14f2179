"""What the playground loads: nothing that no page can use, compiled once, and fetched once.

Chromium loads it only with DUPLEX_PLAYGROUND=1.
"""

import io
import os
import re
import subprocess
import sys
import tarfile
import zipfile

import pytest

from duplex.deadline import wait_until
from duplex.site import loaded, playground
from duplex.site.reader import Reader, solution

LAB = "lab02_handshake"
browsing = pytest.mark.skipif(
    not os.environ.get("DUPLEX_PLAYGROUND"),
    reason="DUPLEX_PLAYGROUND=1 lets Chromium load the playground",
)
TWICE = """
import sys
from importlib.machinery import SourceFileLoader

sys.path[:0] = sys.argv[1:]
compiled, compile_one = [], SourceFileLoader.source_to_code
def counted(self, data, path, *more, **named):
    compiled.append(path)
    return compile_one(self, data, path, *more, **named)
SourceFileLoader.source_to_code = counted
sys.dont_write_bytecode = True
from inpage import codes, main
codes.keep(sys.argv[1])
for _ in range(2):
    main.prepare()
    print(sum(path.startswith(sys.argv[1]) for path in compiled))
"""
MEMORY = """async function memory() {
  const cache = await caches.open((await caches.keys())[0]);
  const known = (await cache.keys()).find((one) => one.url.endsWith("/memory"));
  return [cache, known, await (known && cache.match(known))];
}
"""
SEEN = f"""async () => {{
  {MEMORY}
  const [, , kept] = await memory();
  return kept ? [(await kept.arrayBuffer()).byteLength, kept.headers.get("Mark")] : [0, null];
}}"""
MARK = f"""async (content) => {{
  {MEMORY}
  const [cache, known, kept] = await memory();
  const headers = {{ "User-Agent": kept.headers.get("User-Agent"), Mark: "marked" }};
  await cache.put(known, new Response(content ?? (await kept.arrayBuffer()), {{ headers }}));
}}"""
LARGE = 30_000_000  # bytes of a Python that has imported something


def test_nothing_needless_is_loaded():
    paths = [path for path, _ in playground.packages()]
    assert {"django/contrib/auth/models.py", "channels/layers.py", "inpage/main.py"} <= set(paths)
    assert "django/conf/locale/en/LC_MESSAGES/django.mo" in paths
    assert [one for one in paths if re.search(r"/(admin|gis|tests?)(/|\.py)", one)] == []
    assert [one for one in paths if "/locale/" in one and "/en/" not in one
            and not one.endswith("locale/__init__.py")] == []  # fmt: skip


def test_python_is_left_its_use():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("json/decoder.py", "turtle.py", "encodings/utf_8.py", "encodings/big5.py"):
            archive.writestr(name, name)
    with zipfile.ZipFile(io.BytesIO(loaded.standard(made.getvalue()))) as few:
        assert few.namelist() == ["json/decoder.py", "encodings/utf_8.py"]
        assert few.read("json/decoder.py") == b"json/decoder.py"


def test_same_files_make_same_archive():
    files = {"a.py": b"a", "b" * 90 + "/" + "c" * 90: b"c" * 600}
    one, other = (loaded.packed(loaded.tar(files.items())) for _ in range(2))
    assert one == other
    with tarfile.open(fileobj=io.BytesIO(one)) as archive:
        assert {file.name: archive.extractfile(file).read() for file in archive} == files


def test_libraries_are_compiled_once(tmp_path):
    for path, data in playground.packages():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    words = [sys.executable, "-I", "-S", "-c", TWICE, f"{tmp_path}{os.sep}"]
    said = subprocess.run(words, cwd=tmp_path, text=True, capture_output=True)
    assert said.returncode == 0, said.stderr
    first, second = map(int, said.stdout.split())
    assert 200 < first == second


@pytest.fixture
def visit(browser, site, url):
    """Visit a page of the playground until a client is heard: visit() returns what it fetched."""
    if not (site / "_static/playground/manifest.json").is_file():
        pytest.skip("The site was built without the playground: Pyodide's package is not here.")
    context = browser.new_context()

    def go(then=lambda page: None) -> list[str]:
        page, asked = context.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        reader = Reader(page, url, LAB)
        reader.open(solution(LAB))
        reader.connect(1)
        reader.say(1, "hello")
        reader.hears(1, "hello")
        go.found = then(page)
        page.close()
        found = (re.search(r"(\w+\.\w+)\.packed\?\w+$", one) for one in asked)
        return [one[1] for one in found if one]

    yield go
    context.close()


def kept(page) -> list:
    """Wait until a whole memory is kept, and return its size and its mark."""
    assert wait_until(lambda: page.evaluate(SEEN)[0] > LARGE, 60)
    return page.evaluate(SEEN)


@browsing
def test_later_visit_fetches_nothing(visit):
    fetched = visit(kept)
    assert sorted(fetched) == ["asm.mjs", "asm.wasm", "packages.tar", "python_stdlib.zip"]
    assert visit(lambda page: page.evaluate(MARK)) == []
    seen = visit(lambda page: page.evaluate(SEEN))
    size, mark = visit.found
    assert (seen, mark) == ([], "marked") and size > LARGE  # it began with this, and kept it


@browsing
def test_broken_memory_is_made_anew(visit):
    visit(kept)
    visit(lambda page: page.evaluate(MARK, "spoilt"))
    assert visit(kept) == []
    assert visit.found[1] is None
