#!/usr/bin/env bash
# Makes a Python environment from pinned, hashed requirements.
# Usage: deploy/setup.sh FOLDER PYTHON REQUIREMENTS...     e.g. deploy/setup.sh .venv/rasa 3.10 requirements/rasa.txt
# Finds a Python of that version that really runs (PATH, pyenv, /usr/bin); else uv fetches one.
set -euo pipefail
folder=$1 wanted=$2
shift 2

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

runs() { "$1" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$wanted')" 2>/dev/null; }

find_python() {
  local candidate
  for candidate in "python$wanted" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$wanted."*/bin/python "/usr/bin/python$wanted"; do
    if command -v "$candidate" >/dev/null && runs "$candidate"; then command -v "$candidate"; return; fi
  done
  echo "$wanted"
}

find_uv() {
  local python
  if [ ! -x .venv/tools/bin/uv ]; then
    for python in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
      command -v "$python" >/dev/null && "$python" -m venv .venv/tools >/dev/null 2>&1 && break
    done
    [ -x .venv/tools/bin/pip ] || { say "No python3 with the venv module was found. Install Python 3.11 or later (Debian: python3-venv)."; exit 1; }
    say "Fetching uv, which makes the environments"
    .venv/tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
  fi
  echo .venv/tools/bin/uv
}

uv=$(find_uv)
if [ ! -x "$folder/bin/python" ]; then
  say "Making $folder with Python $wanted"
  "$uv" venv --quiet --python "$(find_python)" "$folder"
fi
say "Installing $* into $folder"
files=()
for file in "$@"; do files+=(-r "$file"); done
"$uv" pip install --quiet --python "$folder/bin/python" --require-hashes --no-deps "${files[@]}"
