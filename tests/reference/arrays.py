"""Writes arrays as numpy does, for the sources that read them: tests/golden/arrays/.

pictures.json holds the CRC-32 of each picture's pixels, in RGB, of each file.
"""

import numpy as np

import pinned

FOLDER = pinned.GOLDEN / "arrays"
COUNT, HEIGHT, WIDTH = 5, 4, 6
LABELS = [2, 0, -1, 1, 2]


def pictures_of(array, channels="rgb"):
    if array.ndim == 3:
        array = array[..., None]
    elif array.shape[3] not in (1, 3):
        array = array.transpose(0, 2, 3, 1)
    if channels == "bgr":
        array = array[..., ::-1]
    return [pinned.crc32(np.broadcast_to(picture, (*picture.shape[:2], 3))) for picture in array]


def write_version(name, array, version):
    with open(FOLDER / name, "wb") as file:
        np.lib.format.write_array(file, array, version=version)


def main():
    pinned.require_pinned()
    FOLDER.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(1)
    grey = generator.integers(0, 256, (COUNT, HEIGHT, WIDTH), np.uint8)
    pixels = generator.integers(0, 256, (COUNT, HEIGHT, WIDTH, 3), np.uint8)
    planes = generator.integers(0, 256, (COUNT, 3, HEIGHT, WIDTH), np.uint8)
    labels = np.array(LABELS)

    files = {}
    for name, array in {
        "grey": grey,
        "pixels": pixels,
        "planes": planes,
        "one_channel": grey[..., None],
        "one_plane": grey[:, None],
        "narrow": pixels[:, :, :3],  # N x H x 3 x 3
    }.items():
        np.save(FOLDER / f"{name}.npy", array)
        files[f"{name}.npy"] = pictures_of(array)
    files["bgr"] = pictures_of(pixels, "bgr")
    files["bgr planes"] = pictures_of(planes, "bgr")

    for version in (2, 3):
        write_version(f"version_{version}.npy", pixels, (version, 0))
        files[f"version_{version}.npy"] = pictures_of(pixels)

    for dtype in ("<i8", ">i4", "<i2", "|i1"):
        np.save(FOLDER / f"labels_{np.dtype(dtype).name}.npy", labels.astype(dtype))
    np.save(FOLDER / "labels_column.npy", labels[:, None])
    np.save(FOLDER / "labels_uint64.npy", np.abs(labels).astype("<u8"))

    np.savez(FOLDER / "stored.npz", images=pixels, labels=labels)
    np.savez_compressed(FOLDER / "deflated.npz", image=pixels, label=labels)
    np.savez(FOLDER / "unnamed.npz", pixels, labels)
    np.savez(FOLDER / "data.npz", data=planes)
    np.savez(FOLDER / "others.npz", x_train=grey, y_train=labels, x_test=grey)
    for name in ("stored.npz", "deflated.npz", "unnamed.npz"):
        files[name] = pictures_of(pixels)
    files["data.npz"] = pictures_of(planes)

    np.save(FOLDER / "fortran.npy", np.asfortranarray(pixels))
    np.save(FOLDER / "floats.npy", pixels.astype(np.float32))
    np.save(FOLDER / "objects.npy", np.array([None] * COUNT), allow_pickle=True)
    np.save(FOLDER / "structured.npy", np.zeros(COUNT, [("red", "u1"), ("green", "u1", (2,))]))
    np.savez(FOLDER / "objects.npz", images=np.array([None] * COUNT))

    pinned.write_json(FOLDER / "pictures.json", {**pinned.versions("numpy"), **files})


if __name__ == "__main__":
    main()
