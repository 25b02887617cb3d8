"""Registers as XLSX: brought in by the office, checked row by row, taken in; and given out so that nothing is lost.

`files` opens what was brought without trusting it, `columns` reads a cell, `shelves` finds what a name stands for,
`catalogue` says which registers there are and their columns, `planning` works out what a file would change, `checking`
and `settling` are the verbs, `sheets` writes workbooks. The database is written to through `governance.domain` alone.
"""
