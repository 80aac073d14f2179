"""Tell how it was called; end with the last word, if that is a number."""

import os
import sys

print("ran", *sys.argv[1:], "with", os.path.basename(sys.prefix))
raise SystemExit(int(sys.argv[-1]) if sys.argv[-1].isdecimal() else 0)
