#!/bin/sh
# Fetches the pinned front-end packages and copies what pages use to static/vendor/ (ignored: never committed).
set -eu
cd "$(dirname "$0")/../.."

if ! command -v npm >/dev/null; then
    echo "No npm here: installing one into .venv (206 MB) …"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt
    PATH="$PWD/.venv/bin:$PATH"
fi
echo "Fetching the front-end packages …"
npm ci --silent

mkdir -p static/vendor
# Without its last line, which names a source map that we do not ship: Django would refuse to collect the file.
sed '/^\/\*# sourceMappingURL=/d' node_modules/bootstrap/dist/css/bootstrap.min.css >static/vendor/bootstrap.min.css
