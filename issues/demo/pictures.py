"""The demo's photos: drawn by program, so that nobody's stairway is shown and nobody's licence is needed.

Each scene is drawn twice over where a story needs a before and an after. No people, no faces, no number plates.
"""

import io
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 960, 720
Colour = tuple[int, int, int]
Scene = Callable[[Image.Image, ImageDraw.ImageDraw, random.Random], None]

WALL, WALL_LOW, FLOOR = (226, 221, 210), (168, 190, 178), (150, 146, 138)
CONCRETE, DARK, STEEL, ASPHALT = (176, 173, 166), (44, 46, 50), (188, 193, 197), (92, 94, 97)
GREEN, EARTH, WATER, RUST = (96, 128, 84), (122, 104, 82), (92, 108, 112), (146, 98, 62)

_scenes: dict[str, Scene] = {}


def picture(name: str, rng: random.Random) -> bytes:
    """The scene `name` as a JPEG, a little different each time. Raises `KeyError` for a scene nobody has drawn."""
    image = Image.new("RGB", (WIDTH, HEIGHT), CONCRETE)
    _scenes[name](image, ImageDraw.Draw(image), rng)
    written = io.BytesIO()
    _as_if_taken(image, rng).save(written, "JPEG", quality=85)
    return written.getvalue()


def scene_names() -> frozenset[str]:
    return frozenset(_scenes)


def _as_if_taken(image: Image.Image, rng: random.Random) -> Image.Image:
    """Held not quite straight, not quite sharp, with the grain and the dark corners of a phone's camera."""
    image = image.rotate(rng.uniform(-2.5, 2.5), Image.Resampling.BICUBIC).crop((32, 24, WIDTH - 32, HEIGHT - 24))
    image = image.filter(ImageFilter.GaussianBlur(0.9))
    grain = Image.effect_noise(image.size, 22).convert("RGB")
    image = Image.blend(image, grain, 0.08)
    corners = Image.radial_gradient("L").resize(image.size).point(lambda level: max(0, level - 90) // 2)
    return Image.composite(Image.new("RGB", image.size, DARK), image, corners)


def _scene(name: str) -> Callable[[Scene], Scene]:
    def register(draw_scene: Scene) -> Scene:
        _scenes[name] = draw_scene
        return draw_scene

    return register


def _gradient(image: Image.Image, top: Colour, bottom: Colour, box: tuple[int, int, int, int]) -> None:
    left, upper, right, lower = box
    ramp = Image.linear_gradient("L").resize((right - left, lower - upper))
    band = Image.composite(Image.new("RGB", ramp.size, bottom), Image.new("RGB", ramp.size, top), ramp)
    image.paste(band, (left, upper))


def _glow(image: Image.Image, centre: tuple[int, int], radius: int, colour: Colour, strength: int) -> None:
    """Light, or damp: a soft round patch."""
    patch = Image.new("L", image.size, 0)
    x, y = centre
    ImageDraw.Draw(patch).ellipse((x - radius, y - radius, x + radius, y + radius), fill=strength)
    patch = patch.filter(ImageFilter.GaussianBlur(radius // 3))
    image.paste(Image.new("RGB", image.size, colour), mask=patch)


def _stairs(image: Image.Image, draw: ImageDraw.ImageDraw, *, lit: bool) -> None:
    light = (236, 228, 206) if lit else (58, 60, 66)
    _gradient(image, light, (120, 116, 106) if lit else (30, 31, 35), (0, 0, WIDTH, HEIGHT))
    for step in range(9):
        upper, left = 690 - 62 * step, 250 + 52 * step
        shade = (168 - 6 * step,) * 3 if lit else (52 - 3 * step,) * 3
        draw.rectangle((left, upper - 62, 900, upper), fill=shade)
        draw.line((left, upper - 62, 900, upper - 62), fill=(208, 204, 196) if lit else (72, 73, 78), width=5)
    rail = (96, 70, 48) if lit else (38, 34, 34)
    draw.line((170, 560, 660, 20), fill=rail, width=20)
    for post in range(6):
        draw.line((190 + 80 * post, 540 - 88 * post, 190 + 80 * post, 690 - 88 * post), fill=rail, width=8)
    draw.ellipse((330, 40, 440, 110), fill=(255, 250, 226) if lit else (88, 88, 90), outline=(70, 70, 72), width=4)
    if lit:
        _glow(image, (385, 80), 190, (255, 246, 214), 190)


@_scene("stairs_dark")
def _stairs_dark(image: Image.Image, draw: ImageDraw.ImageDraw, _rng: random.Random) -> None:
    _stairs(image, draw, lit=False)


@_scene("stairs_lit")
def _stairs_lit(image: Image.Image, draw: ImageDraw.ImageDraw, _rng: random.Random) -> None:
    _stairs(image, draw, lit=True)


@_scene("door")
def _door(image: Image.Image, draw: ImageDraw.ImageDraw, _rng: random.Random) -> None:
    _gradient(image, WALL, WALL_LOW, (0, 0, WIDTH, HEIGHT))
    draw.rectangle((270, 60, 690, 720), fill=(74, 84, 92), outline=(40, 46, 52), width=10)
    draw.line((480, 60, 480, 720), fill=(40, 46, 52), width=8)
    for left in (300, 510):
        draw.rectangle((left, 110, left + 150, 400), fill=(126, 144, 152), outline=(48, 54, 60), width=6)
    draw.rectangle((496, 440, 520, 560), fill=STEEL)
    draw.rounded_rectangle((740, 300, 840, 470), 12, fill=(38, 40, 44))
    draw.rectangle((758, 318, 822, 372), fill=(84, 120, 130))
    for dot in range(9):
        x, y = 764 + 24 * (dot % 3), 392 + 24 * (dot // 3)
        draw.ellipse((x, y, x + 14, y + 14), fill=(150, 152, 154))


@_scene("door_open")
def _door_open(image: Image.Image, draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    _door(image, draw, rng)
    _gradient(image, (214, 226, 214), (150, 160, 140), (484, 70, 680, 720))
    draw.polygon(((684, 64), (620, 100), (620, 700), (684, 720)), fill=(60, 70, 78))
    draw.ellipse((780, 280, 800, 298), fill=(90, 210, 110))


def _ceiling(image: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    _gradient(image, (236, 233, 226), (212, 207, 196), (0, 0, WIDTH, 470))
    _gradient(image, (206, 210, 204), (186, 190, 184), (0, 470, WIDTH, HEIGHT))
    draw.line((0, 470, WIDTH, 470), fill=(164, 160, 150), width=6)
    draw.rectangle((700, 500, 930, 720), fill=(140, 112, 84))


@_scene("ceiling_wet")
def _ceiling_wet(image: Image.Image, draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    _ceiling(image, draw)
    for radius, strength in ((190, 120), (130, 110), (80, 130)):
        _glow(image, (390 + rng.randint(-40, 40), 250 + rng.randint(-30, 30)), radius, (150, 124, 84), strength)
    for _drop in range(12):
        x, y = rng.randint(280, 520), rng.randint(180, 360)
        draw.ellipse((x, y, x + 9, y + 15), fill=(176, 190, 196))
    draw.line((372, 330, 366, 700), fill=(182, 192, 196), width=4)


@_scene("ceiling_dry")
def _ceiling_dry(image: Image.Image, draw: ImageDraw.ImageDraw, _rng: random.Random) -> None:
    _ceiling(image, draw)
    _glow(image, (390, 250), 150, (250, 249, 246), 200)


@_scene("wall_crack")
def _wall_crack(image: Image.Image, draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    _gradient(image, (214, 204, 184), (196, 184, 162), (0, 0, WIDTH, HEIGHT))
    for row in range(0, HEIGHT, 90):
        draw.line((0, row, WIDTH, row), fill=(188, 176, 154), width=3)
    x, y = 300, 0
    while y < HEIGHT:
        onward = (x + rng.randint(-34, 52), y + rng.randint(26, 60))
        draw.line((x, y, *onward), fill=(70, 62, 52), width=rng.randint(6, 13))
        if rng.random() < 0.4:
            draw.line((x, y, x + rng.randint(40, 130), y + rng.randint(10, 70)), fill=(96, 86, 72), width=4)
        x, y = onward
    draw.polygon(((520, 420), (690, 380), (740, 520), (610, 600), (500, 540)), fill=(156, 138, 112))


@_scene("scaffold")
def _scaffold(image: Image.Image, draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    _wall_crack(image, draw, rng)
    for x in (120, 400, 680, 930):
        draw.line((x, 0, x, HEIGHT), fill=(206, 164, 62), width=16)
    for y in (150, 420, 690):
        draw.line((0, y, WIDTH, y), fill=(206, 164, 62), width=14)
        draw.rectangle((0, y + 8, WIDTH, y + 34), fill=(152, 122, 82))


def _yard(image: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    _gradient(image, (196, 212, 222), (222, 224, 218), (0, 0, WIDTH, 260))
    draw.rectangle((0, 150, WIDTH, 300), fill=(178, 166, 146))
    for left in range(30, WIDTH, 120):
        draw.rectangle((left, 180, left + 60, 240), fill=(112, 128, 138))
    draw.rectangle((0, 300, WIDTH, 350), fill=GREEN)
    _gradient(image, (148, 148, 146), (112, 112, 112), (0, 350, WIDTH, HEIGHT))


def _bins(draw: ImageDraw.ImageDraw) -> None:
    for left, colour in ((170, (70, 92, 78)), (390, (62, 84, 112)), (610, (92, 92, 94))):
        draw.polygon(((left, 360), (left + 180, 360), (left + 164, 630), (left + 16, 630)), fill=colour)
        draw.rectangle((left - 10, 336, left + 190, 366), fill=tuple(channel - 24 for channel in colour))
        for wheel in (left + 20, left + 130):
            draw.ellipse((wheel, 612, wheel + 40, 652), fill=DARK)


@_scene("bins_full")
def _bins_full(image: Image.Image, draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    _yard(image, draw)
    _bins(draw)
    for _bag in range(26):
        x, y, size = (
            rng.randint(130, 790),
            rng.choice((250, 290, 600, 640)) + rng.randint(-14, 14),
            rng.randint(60, 110),
        )
        shade = rng.choice(((46, 48, 50), (196, 192, 184), (118, 86, 62), (88, 112, 86), (168, 74, 60)))
        draw.ellipse((x, y, x + size, y + int(size * 0.8)), fill=shade)


@_scene("bins_empty")
def _bins_empty(image: Image.Image, draw: ImageDraw.ImageDraw, _rng: random.Random) -> None:
    _yard(image, draw)
    _bins(draw)


@_scene("drain_flooded")
def _drain_flooded(image: Image.Image, draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    _drain_clear(image, draw, rng)
    _glow(image, (480, 420), 330, WATER, 235)
    for ring in range(6):
        draw.arc((300 - 40 * ring, 330 - 22 * ring, 660 + 40 * ring, 510 + 22 * ring), 190, 340, (138, 154, 156), 5)
    for _leaf in range(14):
        x, y = rng.randint(180, 780), rng.randint(260, 600)
        draw.ellipse((x, y, x + 26, y + 12), fill=EARTH)


@_scene("drain_clear")
def _drain_clear(image: Image.Image, draw: ImageDraw.ImageDraw, _rng: random.Random) -> None:
    _gradient(image, (146, 143, 136), (122, 119, 112), (0, 0, WIDTH, HEIGHT))
    for line in range(0, WIDTH, 160):
        draw.line((line, 0, line, HEIGHT), fill=(112, 109, 102), width=4)
    for line in range(0, HEIGHT, 160):
        draw.line((0, line, WIDTH, line), fill=(112, 109, 102), width=4)
    draw.ellipse((320, 270, 640, 560), fill=(74, 72, 70), outline=(52, 51, 50), width=14)
    for slot in range(370, 600, 40):
        draw.line((slot, 340, slot, 490), fill=(32, 32, 33), width=14)


@_scene("lift_stopped")
def _lift_stopped(image: Image.Image, draw: ImageDraw.ImageDraw, _rng: random.Random) -> None:
    _lift(image, draw, (214, 74, 60))
    draw.rectangle((330, 330, 630, 470), fill=(240, 214, 90), outline=(60, 54, 30), width=6)
    draw.line((360, 375, 600, 375), fill=(60, 54, 30), width=12)
    draw.line((400, 425, 560, 425), fill=(60, 54, 30), width=12)


@_scene("lift_running")
def _lift_running(image: Image.Image, draw: ImageDraw.ImageDraw, _rng: random.Random) -> None:
    _lift(image, draw, (96, 214, 120))


def _lift(image: Image.Image, draw: ImageDraw.ImageDraw, lamp: Colour) -> None:
    _gradient(image, WALL, FLOOR, (0, 0, WIDTH, HEIGHT))
    _gradient(image, (206, 211, 214), (150, 156, 160), (270, 110, 690, 700))
    draw.rectangle((258, 98, 702, 706), outline=(92, 96, 100), width=14)
    draw.line((480, 110, 480, 700), fill=(92, 96, 100), width=6)
    draw.rounded_rectangle((420, 30, 540, 84), 8, fill=(28, 30, 32))
    draw.polygon(((455, 68), (480, 42), (505, 68)), fill=lamp)
    draw.rounded_rectangle((754, 340, 820, 470), 10, fill=STEEL, outline=(120, 124, 128), width=4)
    for y in (360, 416):
        draw.ellipse((770, y, 806, y + 36), fill=(236, 236, 230), outline=lamp, width=5)


@_scene("cars_on_pavement")
def _cars_on_pavement(image: Image.Image, draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    _yard(image, draw)
    draw.rectangle((0, 520, WIDTH, HEIGHT), fill=ASPHALT)
    draw.rectangle((0, 500, WIDTH, 524), fill=(204, 202, 196))
    for left in (20, 340, 660):
        colour = rng.choice(((206, 208, 210), (66, 74, 92), (140, 46, 44), (34, 36, 40)))
        draw.rounded_rectangle((left, 400, left + 290, 500), 26, fill=colour)
        draw.polygon(
            ((left + 50, 405), (left + 96, 338), (left + 210, 338), (left + 252, 405)),
            fill=tuple(max(0, channel - 20) for channel in colour),
        )
        draw.polygon(((left + 74, 400), (left + 106, 350), (left + 200, 350), (left + 228, 400)), fill=(148, 168, 178))
        for wheel in (left + 44, left + 196):
            draw.ellipse((wheel, 462, wheel + 66, 528), fill=DARK, outline=(150, 150, 150), width=10)


@_scene("pavement_railings")
def _pavement_railings(image: Image.Image, draw: ImageDraw.ImageDraw, _rng: random.Random) -> None:
    _yard(image, draw)
    draw.rectangle((0, 520, WIDTH, HEIGHT), fill=ASPHALT)
    draw.rectangle((0, 500, WIDTH, 524), fill=(204, 202, 196))
    for y in (400, 450):
        draw.line((0, y, WIDTH, y), fill=(232, 232, 228), width=12)
    for x in range(20, WIDTH, 70):
        draw.line((x, 380, x, 512), fill=(232, 232, 228), width=12)


@_scene("charging_wire")
def _charging_wire(image: Image.Image, draw: ImageDraw.ImageDraw, _rng: random.Random) -> None:
    _gradient(image, (206, 196, 176), (172, 162, 144), (0, 0, WIDTH, 520))
    draw.rectangle((0, 520, WIDTH, HEIGHT), fill=(128, 126, 122))
    draw.rectangle((600, 40, 830, 300), fill=(120, 140, 150), outline=(236, 236, 232), width=14)
    draw.line((700, 296, 640, 430, 470, 470, 400, 520), fill=(226, 226, 222), width=9, joint="curve")
    for left in (200, 500):
        draw.ellipse((left, 520, left + 120, 640), outline=DARK, width=16)
    draw.line((260, 580, 350, 480, 500, 480, 560, 580), fill=(48, 92, 120), width=26, joint="curve")
    draw.rectangle((340, 440, 450, 470), fill=DARK)
    draw.line((500, 480, 480, 400, 540, 390), fill=DARK, width=14)


@_scene("smoke")
def _smoke(image: Image.Image, draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    _gradient(image, (202, 208, 210), (188, 182, 172), (0, 0, WIDTH, HEIGHT))
    draw.rectangle((0, 420, WIDTH, HEIGHT), fill=(154, 128, 108))
    draw.rectangle((80, 470, 880, 560), fill=(164, 66, 52))
    draw.rectangle((130, 580, 830, 720), fill=(106, 124, 132))
    draw.rectangle((620, 220, 690, 470), fill=RUST)
    for _puff in range(16):
        _glow(image, (650 + rng.randint(-190, 150), rng.randint(20, 260)), rng.randint(40, 90), (112, 110, 108), 120)


@_scene("tree_over_path")
def _tree_over_path(image: Image.Image, draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    _yard(image, draw)
    draw.polygon(((430, 720), (500, 720), (560, 240), (500, 240)), fill=EARTH)
    for _clump in range(60):
        x, y, size = rng.randint(180, 800), rng.randint(-20, 330), rng.randint(60, 130)
        shade = rng.randint(-22, 22)
        draw.ellipse((x, y, x + size, y + size), fill=(76 + shade, 112 + shade, 66 + shade))
    draw.line((560, 420, 860, 600), fill=EARTH, width=22)


@_scene("bench_broken")
def _bench_broken(image: Image.Image, draw: ImageDraw.ImageDraw, _rng: random.Random) -> None:
    _yard(image, draw)
    for leg in (220, 700):
        draw.rectangle((leg, 480, leg + 34, 640), fill=(78, 80, 84))
    draw.polygon(((180, 470), (520, 470), (500, 510), (180, 510)), fill=(150, 108, 66))
    draw.polygon(((540, 500), (780, 440), (780, 482), (560, 548)), fill=(138, 98, 58))
    draw.rectangle((190, 380, 770, 416), fill=(150, 108, 66))


@_scene("radiator")
def _radiator(image: Image.Image, draw: ImageDraw.ImageDraw, _rng: random.Random) -> None:
    _gradient(image, (236, 230, 216), (220, 212, 196), (0, 0, WIDTH, 590))
    draw.rectangle((0, 590, WIDTH, HEIGHT), fill=(164, 132, 96))
    for fin in range(10):
        left = 180 + 60 * fin
        draw.rounded_rectangle((left, 250, left + 46, 560), 18, fill=(240, 240, 236), outline=(190, 190, 184), width=4)
    draw.line((120, 530, 180, 530), fill=STEEL, width=18)
    draw.ellipse((100, 506, 146, 552), fill=(176, 60, 50))
