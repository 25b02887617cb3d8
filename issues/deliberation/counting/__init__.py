"""How an owners' vote is counted: from a tally file to a verdict that explains itself. `docs/tally-file.md` is its law.

    file = read(data)        reading.py   a tally file, strictly read
    result = count(file)     count.py     both measures against quorum and majority, exactly
    as_json(file, result)    result.py    for programs; `saying.py` has the words for people
    write(file)              writing.py   the same file, stable to the byte
    count_hands(hands, by)   hands.py     a show of hands in a meeting, by the same thresholds

Pure: no model, no database, no float. Who may vote and whose ballot replaces whose is settled before the file is
written, by whoever writes it.
"""
