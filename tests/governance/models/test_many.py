"""Thousands at once: the same as one by one."""

import pytest
from django.apps import apps
from django.db import models
from django.db.models.signals import post_init, pre_init

from governance.domain import outbox
from governance.models import Estate, Notice
from governance.models.many import QuicklyRead, among, insert
from residents.models import Petition
from tests.cast import NOW, Cast, file

pytestmark = pytest.mark.django_db


def test_rows_among_ids_are_those_of_the_ids(cast: Cast):
    wanted = {cast.estate.pk, cast.strange_estate.pk}
    assert set(Estate.objects.filter(pk__in=among(wanted)).values_list("pk", flat=True)) == wanted
    assert not Estate.objects.filter(pk__in=among([])).exists()


def test_rows_are_written_in_their_order_and_what_is_known_is_left_out(cast: Cast):
    words = "a, 'b' \"c\" %s 水"
    rows = [
        row
        for dedupe in ("second", "first", "second")
        for row in outbox.notices_for(cast.li, "petition_received", {"words": words}, dedupe=dedupe, at=NOW)
    ]
    insert(Notice, rows, once=True)
    insert(Notice, [])
    written = Notice.objects.order_by("id").values_list("dedupe_key", "params", "created_at")
    assert list(written) == [(f"{of}:{cast.li.pk}:in_app", {"words": words}, NOW) for of in ("second", "first")]


QUICK = [model for model in apps.get_models() if issubclass(model, QuicklyRead)]


@pytest.mark.parametrize("model", QUICK, ids=lambda model: model.__name__)
def test_whoever_is_read_quickly_waits_for_nothing_that_reading_skips(model):
    assert model.__init__ is models.Model.__init__
    assert not pre_init.has_listeners(model)
    assert not post_init.has_listeners(model)


def test_what_is_read_quickly_is_what_django_reads(cast: Cast):
    file(cast.li, cast.building, words="三楼楼道灯不亮")
    names = [field.attname for field in Petition._meta.concrete_fields]
    quick = Petition.objects.select_related("petitioner").get()
    as_django_does = models.Model.from_db.__func__(Petition, quick._state.db, names, [getattr(quick, n) for n in names])
    assert {name: getattr(as_django_does, name) for name in names} == {name: quick.__dict__[name] for name in names}
    assert (quick._state.adding, quick._state.db) == (as_django_does._state.adding, as_django_does._state.db)
    quick.save()
    assert Petition.objects.count() == 1


def test_a_field_that_was_not_read_is_read_when_it_is_asked_for(cast: Cast, django_assert_num_queries):
    file(cast.li, cast.building, words="三楼楼道灯不亮")
    petition = Petition.objects.only("receipt_no").get()
    assert "words" in petition.get_deferred_fields()
    with django_assert_num_queries(1):
        assert petition.words == "三楼楼道灯不亮"
    with django_assert_num_queries(0):
        assert petition.words == "三楼楼道灯不亮"
