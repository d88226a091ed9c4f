"""The versions that reference values are made with, and where they are kept.

To make them again: install requirements.txt in an environment of its own and run pictures.py, ops.py, views.py,
all_draws.py, policies.py, mix.py, fast.py, arrays.py, jpegs.py, scaled.py, ycc.py, decode.py and shards.py. By itself
this only says which versions are wrong.
"""

import importlib.metadata
import json
import pathlib
import sys
import zlib

import numpy as np

HERE = pathlib.Path(__file__).parent
GOLDEN = HERE.parent / "golden"


def require_pinned():
    """Exits unless every package of requirements.txt has exactly the version written there."""
    wrong = []
    for line in (HERE / "requirements.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        package, wanted = line.split("==")
        try:
            found = importlib.metadata.version(package).split("+")[0]
        except importlib.metadata.PackageNotFoundError:
            found = "not installed"
        if found != wanted:
            wrong.append(f"{package} must be {wanted}: {found}")
    if wrong:
        sys.exit("\n".join(wrong))


def versions(*packages):
    return {package: importlib.metadata.version(package) for package in packages}


def crc32(values):
    """The CRC-32 of an array's bytes in C order, as eight hexadecimal digits."""
    return f"{zlib.crc32(np.ascontiguousarray(values).tobytes()):08x}"


def write_json(path, content):
    """Writes an object with each element of its lists on a line of its own, so that changes show."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for key, value in content.items():
        if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
            elements = ",\n  ".join(json.dumps(element) for element in value)
            lines.append(f" {json.dumps(key)}: [\n  {elements}]")
        else:
            lines.append(f" {json.dumps(key)}: {json.dumps(value)}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def single(value):
    """The number that a float of single precision holds when it is given this one."""
    return float(np.float32(value))


if __name__ == "__main__":
    require_pinned()
