#!/bin/sh
# Compiles requirements/*.in to *.txt: every pin with its hashes, and no download address.
set -eu
cd "$(dirname "$0")/../../requirements"

command -v uv >/dev/null || { echo "This needs uv, on PATH." >&2; exit 1; }
for name in base demo dev node; do
    uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 \
        "$name.in" -o "$name.txt" "$@"
done
