from issues.terminal import aligned, columns


def test_columns_line_up_although_chinese_letters_are_wide():
    lines = aligned([("Role", "Name", "x"), ("物业管家", "周强", "zhou"), ("owner", "김영철", "jin")]).splitlines()
    assert [columns(line[: line.rindex(" ") + 1]) for line in (lines[0], *lines[2:])] == [18, 18, 18]
    assert columns(lines[1]) == 18 + len("zhou")
