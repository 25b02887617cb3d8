"""The inbox: one's own notices, in one's own language, read once seen."""

import re

import pytest
from django.utils.translation import gettext_lazy as _

from governance import messages
from governance.domain import outbox
from governance.models import Notice, User
from tests.cast import NOW, client_of

if not messages.is_registered("test_lamp"):
    messages.register("test_lamp", _("Messages"), "%(place)s <b>lamp</b> %(number)s")


def post(user, number=1, **more):
    params = {"place": "3栋 2单元", "number": number}
    return outbox.post(user, "test_lamp", params, dedupe=f"lamp:{number}", at=NOW, **more)


def inbox(user, query=""):
    return client_of(user).get(f"/inbox/{query}").content.decode()


@pytest.mark.parametrize("who", ["li", "zhou", "wu"])
def test_everybody_finds_their_own_notices_and_no_other(cast, who):
    user = getattr(cast, who)
    post(user, 1, link="/petitions/")
    post(cast.stranger, 2)
    page = inbox(user)
    assert "lamp&lt;/b&gt; 1" in page
    assert "lamp&lt;/b&gt; 2" not in page
    assert 'href="/petitions/"' in page


def test_a_notice_is_marked_unread_once_and_only_what_was_shown_counts_as_read(cast):
    for number in range(25):
        post(cast.li, number)
    assert inbox(cast.li).count("is-unread") == 20
    assert Notice.objects.unread_for(cast.li).count() == 5
    assert inbox(cast.li).count("is-unread") == 0
    assert inbox(cast.li, "?page=2").count("is-unread") == 5
    assert Notice.objects.unread_for(cast.li).count() == 0


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "١", "9" * 30])
def test_a_page_that_is_not_there_shows_one_that_is(cast, page):
    post(cast.li)
    assert "lamp" in inbox(cast.li, f"?page={page}")


def test_names_are_marked_as_chinese_in_another_language_and_nothing_else_is(cast):
    post(cast.li)
    User.objects.filter(pk=cast.li.pk).update(language="en")
    assert '<span lang="zh-Hans">3栋 2单元</span> &lt;b&gt;lamp' in inbox(cast.li)
    User.objects.filter(pk=cast.li.pk).update(language="zh-hans")
    assert 'lang="zh-Hans">3栋' not in inbox(cast.li)


def test_a_message_nobody_knows_any_more_does_not_hide_the_others(cast):
    post(cast.li, 1)
    post(cast.li, 2)
    Notice.objects.filter(params__number=1).update(message_key="long_gone")
    page = inbox(cast.li)
    assert "lamp&lt;/b&gt; 2" in page
    assert page.count("is-unread") == 2


def test_an_empty_inbox_says_what_will_be_here(cast):
    assert re.search(r'class="empty"', inbox(cast.li))


def test_thirty_notices_cost_as_many_queries_as_one(cast, django_assert_max_num_queries):
    client = client_of(cast.li)
    counts = []
    for upto in (1, 30):
        for number in range(upto):
            post(cast.li, number)
        with django_assert_max_num_queries(10) as seen:
            client.get("/inbox/")
        counts.append(len(seen))
    assert counts[0] == counts[1]
