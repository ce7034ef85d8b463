#!/usr/bin/env bash
# Resolves requirements/*.in into pinned, hashed requirements/*.txt, without any registry's address.
set -euo pipefail
cd requirements
compile() { ../.venv/tools/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links "$@"; }
compile --python-version 3.10 --override rasa-overrides.txt rasa.in -o rasa.txt
compile --python-version 3.10 rasa-encoder.in -o rasa-encoder.txt
compile --python-version 3.10 rasa-dev.in -o rasa-dev.txt
compile --python-version 3.11 --universal web.in -o web.txt
compile --python-version 3.11 --universal web-dev.in -o web-dev.txt
compile --python-version 3.9 --universal tools.in -o tools.txt
