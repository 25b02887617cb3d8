"""What a resident is told."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from governance.domain.refusals import StepNotAllowed
from residents.domain import standing
from tests.cast import NOW, Cast, file, take_in

pytestmark = pytest.mark.django_db


def test_a_kind_that_nobody_has_words_for_is_refused(cast: Cast):
    with pytest.raises(ValueError, match="no kind of update"):
        standing.tell(file(cast.li, cast.building), "whispered", at=NOW)


def test_a_petition_is_taken_in_once(cast: Cast):
    petition = file(cast.li, cast.building)
    take_in(petition)
    with pytest.raises(StepNotAllowed):
        standing.take_in(petition, at=NOW)


def test_the_standing_is_written_for_these_petitions_and_no_others(cast: Cast):
    mine, other = file(cast.li, cast.building), file(cast.wang, cast.building)
    standing.set_holder([mine], standing.Teller(body="恒信物业", surname="周"), phone="1", since=NOW)
    standing.set_next([mine], "arrive", NOW, {"source": "x"}, expects_arrival=True)
    standing.set_arrival([mine], NOW, "qr")
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.holder_surname, mine.next_kind, mine.arrival_proof) == ("周", "arrive", "qr")
    assert (other.holder_body, other.next_kind, other.arrival_proof) == ("", "", "")


def test_six_photos_after_are_shown_and_no_more(cast: Cast):
    petition = file(cast.li, cast.building)
    picture = BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "JPEG")
    name = default_storage.save("orders/one.jpg", ContentFile(picture.getvalue()))
    with default_storage.open(name) as stored:
        stored.name = name
        standing.show_after(petition, [stored] * 8, at=NOW)
    assert list(petition.photos.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]
