"""What people and programs do to a picture that stays the same picture to them."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

Change = Callable[[Image.Image], Image.Image]


def recompressed(quality: int) -> Change:
    def change(image: Image.Image) -> Image.Image:
        held = io.BytesIO()
        image.save(held, "JPEG", quality=quality)
        return Image.open(io.BytesIO(held.getvalue())).convert("RGB")

    return change


def resized(share: float) -> Change:
    return lambda image: image.resize((max(1, round(image.width * share)), max(1, round(image.height * share))))


def cropped(share: float) -> Change:
    """So much is cut off in all, three quarters of it at the left and the top."""

    def change(image: Image.Image) -> Image.Image:
        width, height = image.width * share, image.height * share
        box = (width * 0.75, height * 0.75, image.width - width * 0.25, image.height - height * 0.25)
        return image.crop(tuple(round(edge) for edge in box))

    return change


def screenshot(image: Image.Image) -> Image.Image:
    """On the dark screen of a phone that is held upright."""
    screen = Image.new("RGB", (360, 780), "black")
    shown = ImageOps.contain(image, (360, 640))
    screen.paste(shown, ((360 - shown.width) // 2, (780 - shown.height) // 2))
    return screen


CHANGES: dict[str, Change] = {
    "half the size": resized(0.5),
    "quality 30": recompressed(30),
    "half the size, quality 20": lambda image: recompressed(20)(resized(0.5)(image)),
    "greyscale": lambda image: image.convert("L").convert("RGB"),
    "brighter by a third": lambda image: ImageEnhance.Brightness(image).enhance(1.33),
    "darker by a third": lambda image: ImageEnhance.Brightness(image).enhance(0.67),
    "more contrast": lambda image: ImageEnhance.Contrast(image).enhance(1.4),
    "colours of an app": lambda image: ImageEnhance.Color(ImageOps.autocontrast(image, cutoff=1)).enhance(1.6),
    "sharpened": lambda image: image.filter(ImageFilter.UnsharpMask(2, 150)),
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(1.5)),
    "turned by a quarter": lambda image: image.transpose(Image.Transpose.ROTATE_90),
    "upside down": lambda image: image.transpose(Image.Transpose.ROTATE_180),
    "mirrored": ImageOps.mirror,
    "cut by 2 %": cropped(0.02),
    "cut by 5 %": cropped(0.05),
    "cut by 10 %": cropped(0.10),
    "screenshot": screenshot,
}
