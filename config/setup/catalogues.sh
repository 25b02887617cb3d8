#!/bin/sh
# Compiles locale/*/LC_MESSAGES/django.po with Babel, so that nobody needs the system's gettext to run the portal.
set -eu
cd "$(dirname "$0")/../.."

if [ -n "$(find locale -name '*.po' 2>/dev/null)" ]; then
    .venv/bin/pybabel --quiet compile --directory locale --domain django
fi
