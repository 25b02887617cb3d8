"""How deadlines are set: read from the policies in force, with their sources."""

import pytest
from django.test import Client

from issues.models import SlaPolicy


def test_every_policy_in_force_is_shown_with_its_source(shipped):
    page = Client().get("/deadlines/").content.decode()
    for policy in SlaPolicy.objects.all():
        assert policy.name_zh in page
        assert policy.source in page


def test_a_superseded_version_is_not_shown(shipped):
    old = SlaPolicy.objects.get(code="office")
    SlaPolicy.objects.filter(pk=old.pk).update(superseded_at="2026-01-01T00:00Z")
    assert old.source not in Client().get("/deadlines/").content.decode()


def test_times_are_said_in_words(shipped):
    client = Client()
    client.post("/preferences/language/", {"language": "en"})
    page = client.get("/deadlines/").content.decode()
    for words in ("5 minutes", "30 minutes", "4 hours", "1 day", "15 working days"):
        assert words in page


def test_without_policies_the_page_says_so(shipped):
    SlaPolicy.objects.update(superseded_at="2026-01-01T00:00Z")
    assert 'class="empty"' in Client().get("/deadlines/").content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en", "ko"])
def test_more_policies_cost_no_more_queries(shipped, language, django_assert_max_num_queries):
    client = Client()
    client.post("/preferences/language/", {"language": language})
    with django_assert_max_num_queries(5):
        assert client.get("/deadlines/").status_code == 200
