"""`python -m config.demo`: the whole portal on one machine, from an empty directory to a page in the browser.

What it runs is `config.services`, the same as the containers; this only starts, watches and ends it.
"""
