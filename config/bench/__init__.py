"""`make bench`: how fast the portal is at a street's volume, measured on made-up streets of several sizes.

`python -m config.bench` makes a database for each size, loads `load_street` into it, starts the web server's own
command, and asks it over HTTP, as residents and staff do. What it finds it prints, writes to `docs/performance.md`, and
judges by the aims in `aims`.
"""
