"""Photos as people's phones send them, and files that only call themselves photos."""

import io
import struct
import zlib

import pillow_heif
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from governance.domain import images
from governance.domain.images import LONG_EDGE, NotAPhoto, PhotoDamaged, PhotoTooHeavy, PhotoTooManyPixels, admit_photo

GPS_IFD, ORIENTATION = 0x8825, 0x0112


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    written = io.BytesIO()
    image.save(written, form, **options)
    return written.getvalue()


def upload(content: bytes, name: str = "IMG_01.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def admitted(content: bytes, name: str = "IMG_01.jpg") -> Image.Image:
    return Image.open(io.BytesIO(admit_photo(upload(content, name)).read()))


def photo_with_location() -> bytes:
    """What a phone writes: turned on its side, with the place, the time and the phone's name."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x0110] = "Phone 12"
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (36.0, 39.0, 12.5), 3: "E", 4: (117.0, 7.0, 30.25)})
    return encoded(Image.new("RGB", (80, 40), "navy"), "JPEG", exif=exif, comment=b"at home")


def png_of(width: int, height: int) -> bytes:
    """A PNG that only claims its size: the header is true, the pixels are missing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def test_location_time_and_phone_are_removed_and_the_picture_stands_upright():
    sent = photo_with_location()
    assert dict(Image.open(io.BytesIO(sent)).getexif().get_ifd(GPS_IFD))[2] == (36.0, 39.0, 12.5)

    kept = admitted(sent)

    assert kept.size == (40, 80)
    assert (dict(kept.getexif()), dict(kept.getexif().get_ifd(GPS_IFD))) == ({}, {})
    assert "exif" not in kept.info
    assert "comment" not in kept.info


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_photos_of_each_format_become_jpeg(form):
    kept = admitted(encoded(Image.new("RGB", (60, 40), "green"), form), f"photo.{form.lower()}")
    assert (kept.format, kept.size) == ("JPEG", (60, 40))


def test_heic_of_an_iphone_is_taken():
    sent = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (120, 90), "orange")).save(sent)
    kept = admitted(sent.getvalue(), "IMG_0001.HEIC")
    assert (kept.format, kept.size) == ("JPEG", (120, 90))


def test_large_photo_is_made_smaller():
    assert admitted(encoded(Image.new("RGB", (4000, 3000)), "JPEG")).size == (LONG_EDGE, 1536)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "CMYK", "I;16"])
def test_every_colour_mode_becomes_a_jpeg(mode):
    form = "JPEG" if mode == "CMYK" else "PNG"
    kept = admitted(encoded(Image.new(mode, (4096, 20)), form))
    assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (LONG_EDGE, 10))


def test_what_was_transparent_becomes_white():
    kept = admitted(encoded(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG"))
    assert kept.getpixel((4, 4)) == (255, 255, 255)


# As in the code, whose own filter pytest puts aside: our limit is lower than the one Pillow warns at.
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_169_megapixels_are_refused_before_a_pixel_is_decoded(monkeypatch):
    monkeypatch.setattr(images, "_as_jpeg", lambda image: pytest.fail("decoded"))
    with pytest.raises(PhotoTooManyPixels):
        admit_photo(upload(png_of(13_000, 13_000)))


def test_a_billion_pixels_are_refused():
    with pytest.raises(PhotoTooManyPixels):
        admit_photo(upload(png_of(60_000, 60_000)))


@pytest.mark.parametrize(("size", "is_refused"), [((8000, 5000), False), ((8000, 5001), True)])
def test_forty_megapixels_are_the_edge(monkeypatch, size, is_refused):
    monkeypatch.setattr(images, "_as_jpeg", lambda image: b"jpeg")
    if is_refused:
        with pytest.raises(PhotoTooManyPixels):
            admit_photo(upload(png_of(*size)))
    else:
        assert admit_photo(upload(png_of(*size))).read() == b"jpeg"


def test_eleven_megabytes_are_refused_unread():
    with pytest.raises(PhotoTooHeavy):
        admit_photo(upload(b"\xff\xd8\xff" + b"\0" * 11 * 1024 * 1024))


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7\n",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"<html><body>hello</body></html>",
        b"\x00" * 100,
        b"",
    ],
)
def test_what_only_calls_itself_a_jpeg_is_refused(content):
    with pytest.raises(NotAPhoto):
        admit_photo(upload(content, "photo.jpg"))


def test_gif_is_refused_even_when_it_is_whole():
    with pytest.raises(NotAPhoto):
        admit_photo(upload(encoded(Image.new("P", (4, 4)), "GIF"), "photo.png"))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_photo_cut_off_on_its_way_is_refused(form):
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    content = encoded(noise, form)
    with pytest.raises((PhotoDamaged, NotAPhoto)):
        admit_photo(upload(content[: len(content) // 2]))
