"""Which tasks a student has begun: those whose skeleton no longer stands as it was."""

import re
from pathlib import Path

from duplex import catalog, skeleton
from duplex.sources import sources, text_of


def begun(lab: catalog.Lab, folder: Path) -> set[str]:
    """Return the tasks of which some part differs from the skeleton."""
    started = set()
    for path, file in sources(lab.name).items():
        if file.suffix in skeleton.MARKS:
            text = text_of(file)
            regions = skeleton.regions(text, file.suffix, path)
            whole = skeleton.stub(text, file.suffix) if regions else ""
            written = _read(folder / path) if regions else ""
            started |= {region.id for region in regions
                        if not _stands(whole, file.suffix, region, written)}  # fmt: skip
    return started


def _stands(whole: str, suffix: str, region: skeleton.Region, written: str) -> bool:
    """Tell whether a region, with the first line that follows it, is as the skeleton has it.

    The last one of a file is so if nothing follows it: its stub may be a comment, which stays.
    """
    own = skeleton.stubbed(region, suffix)
    after = whole.partition(own)[2]
    if not after.strip():
        return written.rstrip().endswith(own.rstrip())
    return own + re.match(r"\s*[^\n]*", after)[0].rstrip() in written


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")
    except OSError:
        return ""
