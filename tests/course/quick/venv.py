"""Does what `python -m venv FOLDER` does, but for pip, which takes seconds: it names one instead.

The tests put this folder on PYTHONPATH, so that this file stands before Python's own module.
"""

import os
import sys
import sysconfig

sys.path.remove(os.path.dirname(os.path.abspath(__file__)))
import venv  # noqa: E402

venv.EnvBuilder(symlinks=os.name != "nt").create(sys.argv[1])
place = sysconfig.get_path("purelib", "venv", {"base": sys.argv[1]})
with open(os.path.join(place, "pip.pth"), "w") as file:
    file.write(os.environ["QUICK_PIP"])
