"""Writes tar files as Python does, for the source that reads them: tests/golden/shards/.

samples.json holds what is in each file: label, name, and the CRC-32 of each picture's pixels in RGB, and where Python finds
the bytes of picture and json in the archive, which is unpacked if it is a .gz.
"""

import gzip
import io
import json
import posixpath
import tarfile

import numpy as np
from PIL import Image

import pinned

FOLDER = pinned.GOLDEN / "shards"
LONG = "a" * 90 + "/" + "b" * 90


def picture(number):
    generator = np.random.default_rng(number)
    return generator.integers(0, 256, (3 + number % 3, 4, 3), np.uint8)


def png(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "png")
    return stream.getvalue()


def write(name, members, format):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=format) as file:
        for member, content in members:
            header = tarfile.TarInfo(member)
            if content is None:
                header.type = tarfile.DIRTYPE
                file.addfile(header)
            else:
                header.size = len(content)
                file.addfile(header, io.BytesIO(content))
    whole = stream.getvalue()
    with tarfile.open(fileobj=io.BytesIO(whole)) as file:
        places = {posixpath.normpath(each.name): [each.offset_data, each.size] for each in file.getmembers()}
    (FOLDER / name).write_bytes(gzip.compress(whole, mtime=0) if name.endswith(".gz") else whole)
    return places


def expected(places, picture_name, label, number):
    """What the source should find: `places` are those of all members, by name."""
    json_name = picture_name.rsplit(".", 1)[0] + ".json"
    return {
        "label": label,
        "name": picture_name,
        "crc": pinned.crc32(picture(number)),
        "picture": places[picture_name],
        "json": places.get(json_name, [0, 0]),
    }


def sample(key, number, label):
    more = {"label": label, "name": ["cat", "dog", "hen"][label], "caption": "none"}
    return [
        (f"{key}.cls", f"{label}\n".encode()),
        (f"{key}.json", json.dumps(more).encode()),
        (f"{key}.png", png(picture(number))),
    ]


def main():
    pinned.require_pinned()
    FOLDER.mkdir(parents=True, exist_ok=True)
    shards = {}
    for name, format, keys in [
        ("train-000.tar", tarfile.USTAR_FORMAT, ["000", "001", "002"]),
        ("train-001.tar", tarfile.PAX_FORMAT, [f"é/{LONG}/003", "./004"]),
        ("train-002.tar", tarfile.GNU_FORMAT, [f"{LONG}/005", "006"]),
        ("prefix.tar", tarfile.USTAR_FORMAT, [f"{LONG}/009"]),
        ("packed.tar.gz", tarfile.USTAR_FORMAT, ["007", "008"]),
    ]:
        members = [("folder", None), ("README.md", b"Three animals")]
        numbers = {posixpath.normpath(key): int(key[-3:]) for key in keys}
        for key, number in zip(keys, numbers.values()):
            members += sample(key, number, number % 3)
        places = write(name, members, format)
        shards[name] = [expected(places, key + ".png", number % 3, number) for key, number in numbers.items()]
    # Without labels, with members that are no pictures of their own, and with members of a sample apart.
    places = write(
        "plain.tar",
        [
            ("a.seg.png", png(picture(1))),
            ("a.png", png(picture(9))),
            ("._a.png", b"of another system"),
            ("b.PNG", png(picture(10))),
            ("b.txt", b"a caption"),
            ("a.txt", b"a caption"),
        ],
        tarfile.USTAR_FORMAT,
    )
    shards["plain.tar"] = [expected(places, "a.png", -1, 9), expected(places, "b.PNG", -1, 10)]
    pinned.write_json(FOLDER / "samples.json", {**pinned.versions("numpy", "pillow"), **shards})


if __name__ == "__main__":
    main()
