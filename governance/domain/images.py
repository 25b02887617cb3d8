"""Photos from people's phones: checked before they are decoded, re-encoded, without where and when they were taken.

Residents' and staff's photos come in by this one door. Where a photo is kept and who may see it is not decided here.
"""

import io
import logging
import math
import warnings

import pillow_heif
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from governance.domain.refusals import Refusal

MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONG_EDGE = 2048
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")

pillow_heif.register_heif_opener(thumbnails=False)
# Our own limit is lower than the one Pillow warns at, and it refuses.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
logger = logging.getLogger(__name__)


class PhotoRefused(Refusal):
    """The photo can't be taken; the rest of what the person sends is. The sentence follows the file's name."""

    code = "photo_refused"
    status = 400
    sentence = _("This photo can't be used.")


class PhotoTooHeavy(PhotoRefused):
    code = "photo_too_heavy"
    sentence = _("It is larger than 10 MB. Please choose a smaller photo, or take a new one.")


class PhotoTooManyPixels(PhotoRefused):
    code = "photo_too_many_pixels"
    sentence = _("It has more than 40 million pixels. Please take it at a lower resolution.")


class NotAPhoto(PhotoRefused):
    code = "not_a_photo"
    sentence = _("It is not a photo that we can read. Photos in JPEG, PNG, WebP or HEIC work.")


class PhotoDamaged(PhotoRefused):
    code = "photo_damaged"
    sentence = _("The photo is damaged and can't be opened. Please choose another one.")


class PhotoNotKept(PhotoRefused):
    """Our storage failed, not the photo."""

    code = "photo_not_kept"
    status = 503
    sentence = _("We could not store it just now. Please add it again later; everything else is kept.")


def admit_photo(upload: UploadedFile) -> ContentFile:
    """The photo as a JPEG of at most 2048 px a side, turned upright, without EXIF, GPS or colour profile.

    Checked in this order: weight, format by content (never by name), pixels by the header, and only then decoded.
    Raises `PhotoTooHeavy`, `NotAPhoto`, `PhotoTooManyPixels` or `PhotoDamaged`. The original is not kept.
    """
    if not upload.size:
        raise NotAPhoto
    if upload.size > MAX_PHOTO_BYTES:
        raise PhotoTooHeavy
    with _open(upload) as image:
        if math.prod(image.size) > MAX_PIXELS:
            raise PhotoTooManyPixels
        return ContentFile(_as_jpeg(image), name="photo.jpg")


def _open(upload: UploadedFile) -> Image.Image:
    """Read the header and no more. The pixels stay undecoded."""
    upload.seek(0)
    try:
        return Image.open(upload, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise PhotoTooManyPixels from error
    # Decoders meet hostile files with whatever exception their parser happens to stumble over.
    except Exception as error:
        raise NotAPhoto from error


def _as_jpeg(image: Image.Image) -> bytes:
    """Decode, turn upright, shrink, and write anew without any of the file's own data about itself."""
    try:
        # Made small first, in place: 40 million pixels are held once, and a JPEG is shrunk while it is decoded.
        image.thumbnail((LONG_EDGE, LONG_EDGE), Image.Resampling.LANCZOS)
        paper = _on_white(ImageOps.exif_transpose(image))
        # Comments, XMP and the like live here, and Pillow would write them again.
        paper.info.clear()
    except MemoryError as error:
        raise PhotoTooManyPixels from error
    except Exception as error:
        # Never the error's own words: they quote the file's name as somebody gave it.
        logger.info("A photo could not be decoded: %s", type(error).__name__)
        raise PhotoDamaged from error
    written = io.BytesIO()
    paper.save(written, "JPEG", quality=82, optimize=True, progressive=True, exif=b"", icc_profile=None)
    return written.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """JPEG has no transparency: what was see-through becomes white."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    paper = Image.new("RGB", layered.size, "white")
    paper.paste(layered, mask=layered.getchannel("A"))
    return paper
