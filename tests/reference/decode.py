"""Writes picture files of many kinds, small, and what Pillow decodes them to: tests/golden/decode/.

digests.json holds the size and the CRC-32 of the RGB pixels of each. `kinds` are as Image.convert("RGB") gives them, but for
16 bits of grey, of which Pillow makes white and we take the high byte; `turned` are after ImageOps.exif_transpose; `refused`
have none.
"""

import io
import struct
import zlib

import numpy as np
import tifffile
from PIL import Image, ImageOps

import pictures
import pinned

DECODE = pinned.GOLDEN / "decode"
ORIENTATION = 0x0112


def photo(width, height):
    return pictures.load("photo_224x224").resize((width, height))


def deep(channels):
    """16 bits a channel, such that a rounded value is often not the high byte."""
    values = np.random.default_rng(channels).integers(0, 1 << 16, (9, 13, channels), np.uint16)
    return values[..., 0] if channels == 1 else values


def saved(image, form, **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def tiff(values, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, values, **options)
    return file.getvalue()


# Of PNG files that Pillow cannot write: those of 16 bits, by their type of color, and interlaced ones.
GREY, RGB, GREY_ALPHA, RGBA = 0, 2, 4, 6
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(values, color, passes=((0, 0, 1, 1),)):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    bits = 8 * values.itemsize
    header = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], bits, color, 0, 0, len(passes) > 1)
    rows = b""
    for left, top, across, down in passes:
        part = values[top::down, left::across].astype(values.dtype.newbyteorder(">"))
        if part.size:
            rows += b"".join(b"\0" + row.tobytes() for row in part)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def ycck(cmyk):
    """The same bytes, said to be YCCK in the marker of Adobe."""
    at = cmyk.index(b"Adobe")
    return cmyk[: at + 11] + b"\x02" + cmyk[at + 12 :]


def kinds():
    small = photo(13, 9)
    clear = small.copy()
    clear.putalpha(small.convert("L"))
    few = small.quantize(5)
    cmyk = saved(photo(45, 31).convert("CMYK"), "JPEG", quality=80)
    return {
        "bits.png": saved(small.convert("1"), "PNG"),
        "bits.tif": saved(small.convert("1"), "TIFF", compression="group4"),
        "palette.png": saved(few, "PNG", transparency=1),
        "palette.tif": saved(few, "TIFF"),
        "palette.bmp": saved(few, "BMP"),
        "grey.png": saved(small.convert("L"), "PNG"),
        "grey.tif": saved(small.convert("L"), "TIFF"),
        "grey.bmp": saved(small.convert("L"), "BMP"),
        "grey_alpha.png": saved(clear.convert("LA"), "PNG"),
        "grey_alpha.tif": saved(clear.convert("LA"), "TIFF"),
        "alpha.png": saved(clear, "PNG"),
        "alpha.tif": saved(clear, "TIFF"),
        "alpha.bmp": saved(clear, "BMP"),
        "alpha.webp": saved(clear, "WEBP", lossless=True, exact=True),
        "lossy.webp": saved(photo(45, 31), "WEBP", quality=80),
        "interlaced.png": png(np.asarray(small), RGB, ADAM7),
        "deep_grey.png": png(deep(1), GREY),
        "deep_grey.tif": tiff(deep(1), photometric="minisblack"),
        "deep_grey_alpha.png": png(deep(2), GREY_ALPHA),
        "deep.png": png(deep(3), RGB),
        "deep.tif": tiff(deep(3), photometric="rgb"),
        "deep_alpha.png": png(deep(4), RGBA),
        "planes.tif": tiff(np.moveaxis(np.asarray(small), 2, 0), photometric="rgb", planarconfig="separate"),
        "lzw.tif": saved(small, "TIFF", compression="tiff_lzw"),
        "cmyk.jpg": cmyk,
        "ycck.jpg": ycck(cmyk),
    }


def refused():
    small = photo(13, 9)
    values = np.asarray(small)
    clear = np.dstack([values, values[..., 0]])
    return {
        "floats.tif": tiff(values.astype(np.float32), photometric="rgb"),
        "signed.tif": tiff(values[..., 0].astype(np.int8), photometric="minisblack"),
        "multiplied.tif": tiff(clear, photometric="rgb", extrasamples=["assocalpha"]),
        "animated.webp": saved(small, "WEBP", save_all=True, append_images=[small.rotate(180)]),
    }


def turned(orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    small = photo(13, 9)
    return {
        f"turned_{orientation}.jpg": saved(photo(90, 61), "JPEG", quality=60, exif=exif),
        f"turned_{orientation}.png": saved(small, "PNG", exif=exif),
        f"turned_{orientation}.webp": saved(small, "WEBP", lossless=True, exif=exif),
        f"turned_{orientation}.tif": saved(small, "TIFF", tiffinfo={ORIENTATION: orientation}),
    }


def pixels(name, content):
    image = Image.open(io.BytesIO(content))
    if image.mode == "I;16":
        return np.repeat((np.asarray(image) >> 8).astype(np.uint8)[..., None], 3, axis=2)
    if name.endswith("deep.tif"):  # Pillow does not read it
        return (tifffile.imread(io.BytesIO(content)) >> 8).astype(np.uint8)
    return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def case(name, content):
    (DECODE / name).write_bytes(content)
    values = pixels(name, content)
    return {"name": name, "height": values.shape[0], "width": values.shape[1], "crc32": pinned.crc32(values)}


def main():
    pinned.require_pinned()
    DECODE.mkdir(parents=True, exist_ok=True)
    for name, content in refused().items():
        (DECODE / name).write_bytes(content)
    pinned.write_json(
        DECODE / "digests.json",
        {
            "made_with": pinned.versions("pillow", "numpy"),
            "kinds": [case(name, content) for name, content in kinds().items()],
            "turned": [case(*file) for orientation in range(1, 9) for file in turned(orientation).items()],
        },
    )


if __name__ == "__main__":
    main()
