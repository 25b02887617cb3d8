"""Photo files that no row names: found and deleted after a day, and nothing else with them."""

import io
import os
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from PIL import Image

from governance.domain.moment import database_now
from issues.models import OrderPhoto
from residents.models import PetitionPhoto, PhotoKind
from tests.cast import NOW, Cast, file, take_in

pytestmark = pytest.mark.django_db


def stored(name: str, *, days_ago: int) -> str:
    picture = io.BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "JPEG")
    name = default_storage.save(name, ContentFile(picture.getvalue()))
    moment = (database_now() - timedelta(days=days_ago)).timestamp()
    os.utime(default_storage.path(name), (moment, moment))
    return name


@pytest.mark.parametrize("folder", ["photos", "orders"])
def test_files_that_no_row_names_are_forgotten_after_a_day(cast: Cast, capsys, folder):
    petition = file(cast.li, cast.building)
    order = take_in(petition)
    residents, staffs, shared = (stored(f"{folder}/ab/{name}.jpg", days_ago=2) for name in "abc")
    orphan = stored(f"{folder}/cd/orphan.jpg", days_ago=2)
    fresh = stored(f"{folder}/cd/fresh.jpg", days_ago=0)
    elsewhere = stored("minutes/ab/scan.jpg", days_ago=2)
    for position, name in enumerate((residents, shared), start=1):
        PetitionPhoto.objects.create(
            petition=petition, kind=PhotoKind.AFTER, file=name, position=position, added_at=NOW
        )
    for name in (staffs, shared):
        OrderPhoto.objects.create(work_order=order, file=name, taken_by=cast.zhou, added_at=NOW)

    call_command("forget_drafts")

    assert [default_storage.exists(name) for name in (residents, staffs, shared, fresh, elsewhere)] == [True] * 5
    assert not default_storage.exists(orphan)
    assert "1 orphaned" in capsys.readouterr().out
