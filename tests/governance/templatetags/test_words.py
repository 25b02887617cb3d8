"""What registers and people wrote, inside a page in another language."""

import pytest
from django.template import Context, Template
from django.utils import translation


def drawn(source, *, language="en", **context):
    with translation.override(language):
        return Template("{% load words %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("language", "name_is_chinese", "heading"),
    [
        ("en", True, '<span lang="zh-Hans">春和&lt;里&gt;</span>'),
        ("en", False, "春和&lt;里&gt;"),
        ("zh-hans", True, "春和&lt;里&gt;"),
    ],
)
def test_a_row_of_numbers_has_its_name_as_its_heading(language, name_is_chinese, heading):
    row = ["春和<里>", "<1 %", 20_000]
    told = drawn("{{ row|cells:is_name }}", language=language, row=row, is_name=name_is_chinese)
    assert told == f'<th scope="row">{heading}</th><td class="num">&lt;1 %</td><td class="num">20000</td>'
