#!/usr/bin/env bash
# Runs once, when Gradescope builds the image: what the grader needs. Choose a base image with
# Python 3.11 or newer, such as Ubuntu 24.04.
set -euo pipefail
top="${AUTOGRADER:-/autograder}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends python3 python3-venv bubblewrap util-linux redis-server
apt-get install -y -qq --no-install-recommends chromium ||
    echo "There is no Chromium here: what needs a browser is not checked."
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "This image has an older Python than 3.11: choose a newer base image." >&2
    exit 1
}
python3 -m venv "$top/venv"
"$top/venv/bin/python" -m pip install --quiet -r "$top/source/requirements.txt"
