"""Build the smallest editable wheel."""

import os
import zipfile

INFO = "duplex-1.dist-info/"
WHEEL = "Wheel-Version: 1.0\nGenerator: tiny\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
METADATA = "Metadata-Version: 2.1\nName: duplex\nVersion: 1\n"


def build_editable(folder, config_settings=None, metadata_directory=None):
    """Write a wheel that puts this folder on the path, and return its name."""
    name = "duplex-1-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        archive.writestr("duplex.pth", os.getcwd())
        archive.writestr(INFO + "METADATA", METADATA)
        archive.writestr(INFO + "WHEEL", WHEEL)
        archive.writestr(INFO + "RECORD", "")
    return name
