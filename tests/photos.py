"""A photo, as small as one can be, for tests in which only that there is one matters."""

import io

from django.core.files.base import ContentFile
from PIL import Image


def jpeg() -> ContentFile:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "grey").save(written, "JPEG")
    return ContentFile(written.getvalue(), name="photo.jpg")
