"""Golden images: small pictures in many encodings, what Pillow decodes, resizes and refuses.

JSIMD_FORCENONE=1 python3 images.py > images.json

Without the variable, libjpeg-turbo uses SIMD instructions, which overflow in another way where a file is damaged. Whole files give the
same pixels with both.
"""
import base64
import hashlib
import io
import json
import struct
import sys
import zlib

import numpy as np
import PIL
from PIL import Image, ImageOps

FILTERS = ["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"]
random = np.random.RandomState(1)


def picture(width, height, channels=3):
    """Smooth shades, an edge and some noise."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    planes = [(x * (7 - 2 * c) + y * (3 + 2 * c) + 60 * ((x + y) % 11 > 6) + c * 40) % 256 for c in range(channels)]
    return (np.stack(planes, 2) + random.randint(0, 9, (height, width, channels))).clip(0, 255).astype(np.uint8)


def saved(image, format, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def rgb(width, height):
    return Image.fromarray(picture(width, height))


def grey(width, height):
    return Image.fromarray(picture(width, height, 1)[:, :, 0])


# JPEG --------------------------------------------------------------------------------------------------------------


def segments(data):
    """The markers of a JPEG file up to its pixels, then the rest."""
    at, found = 2, []
    while data[at + 1] != 0xDA:
        length = struct.unpack(">H", data[at + 2 : at + 4])[0]
        found.append((data[at + 1], data[at + 4 : at + 2 + length]))
        at += 2 + length
    length = struct.unpack(">H", data[at + 2 : at + 4])[0]
    return found, data[at : at + 2 + length], data[at + 2 + length : -2]


def joined(found, scan, pixels):
    parts = [struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker, body in found]
    return b"\xff\xd8" + b"".join(parts) + scan + pixels + b"\xff\xd9"


def resampled(data, sampling, width, height):
    """The same blocks in another arrangement: another subsampling and size in the header."""
    found, scan, pixels = segments(data)
    for i, (marker, body) in enumerate(found):
        if marker == 0xC0:
            body = bytearray(body)
            body[1:5] = struct.pack(">HH", height, width)
            body[7] = sampling
            found[i] = marker, bytes(body)
    return joined(found, scan, pixels)


def restarting(image, interval, **options):
    """A JPEG file with a restart marker after every 16 rows, which are `interval` units."""
    rows = 16
    strips = [saved(image.crop((0, top, image.width, min(top + rows, image.height))), "JPEG", **options) for top in range(0, image.height, rows)]
    found, scan, _ = segments(strips[0])
    for i, (marker, body) in enumerate(found):
        if marker == 0xC0:
            found[i] = marker, body[:1] + struct.pack(">H", image.height) + body[3:]
    found.append((0xDD, struct.pack(">H", interval)))
    pixels = b"".join((bytes([0xFF, 0xD0 + (i - 1) % 8]) if i else b"") + segments(strip)[2] for i, strip in enumerate(strips))
    return joined(found, scan, pixels)


def with_exif(orientation, order="<", kind=3, width=21, height=10):
    mark = b"II*\0" if order == "<" else b"MM\0*"
    value = struct.pack(order + "HH", orientation, 0) if kind == 3 else struct.pack(order + "I", orientation)
    entry = struct.pack(order + "HHI", 0x112, kind, 1) + value
    other = struct.pack(order + "HHI", 0x10F, 2, 4) + b"abc\0"
    exif = mark + struct.pack(order + "IH", 8, 2) + other + entry + struct.pack(order + "I", 0)
    return exif


def jpeg_exif(exif, image):
    return saved(image, "JPEG", quality=80, exif=b"Exif\0\0" + exif)


# PNG ---------------------------------------------------------------------------------------------------------------


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, depth, colour, interlace=0, extra=b"", palette=None, parts=1):
    """Random pixels, all filters in turn."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    passes = [(0, 0, 1, 1)]
    if interlace:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    raw = b""
    for left, top, dx, dy in passes:
        columns, rows = -(-(width - left) // dx), -(-(height - top) // dy)
        if columns > 0:
            for row in range(rows):
                size = -(-columns * samples * depth // 8)
                raw += bytes([row % 5 if depth >= 8 else 0]) + random.bytes(size)
    data = zlib.compress(raw, 9)
    step = -(-len(data) // parts)
    idat = b"".join(chunk(b"IDAT", data[i : i + step]) for i in range(0, len(data), step))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))
    if colour == 3:
        extra = chunk(b"PLTE", palette or random.bytes(3 * 2**depth)) + extra
    return b"\x89PNG\r\n\x1a\n" + header + extra + idat + chunk(b"IEND", b"")


def animated(default_image):
    frames = [rgb(9, 6) for _ in range(3)]
    return saved(frames[0], "PNG", save_all=True, append_images=frames[1:], default_image=default_image)


files = {}
for width, height in [(1, 1), (1, 7), (7, 1), (8, 8), (17, 13), (33, 21)]:
    files[f"420 {width}x{height}.jpg"] = saved(rgb(width, height), "JPEG", quality=85)
for name, subsampling in [("444", 0), ("422", 1), ("420", 2)]:
    files[f"{name}.jpg"] = saved(rgb(37, 29), "JPEG", quality=88, subsampling=subsampling)
    files[f"{name} progressive.jpg"] = saved(rgb(37, 29), "JPEG", quality=88, subsampling=subsampling, progressive=True)
files["444 restart.jpg"] = restarting(rgb(16, 35), 4, quality=70, subsampling=0)
files["422 restart.jpg"] = restarting(rgb(37, 35), 6, quality=70, subsampling=1)
files["420 restart.jpg"] = restarting(rgb(37, 35), 3, quality=70, subsampling=2)
# its colours are blended by another rule for halves, one level apart
files["440.jpg"] = resampled(saved(rgb(32, 32), "JPEG", quality=80, subsampling=1), 0x12, 15, 63)
files["411.jpg"] = resampled(saved(rgb(32, 32), "JPEG", quality=80, subsampling=2), 0x41, 63, 15)
files["4 rows.jpg"] = resampled(saved(rgb(32, 32), "JPEG", quality=80, subsampling=2), 0x14, 15, 61)
files["extended.jpg"] = files["420.jpg"].replace(b"\xff\xc0", b"\xff\xc1")
files["optimized.jpg"] = saved(rgb(20, 20), "JPEG", quality=60, optimize=True)
files["quality 5.jpg"] = saved(rgb(40, 40), "JPEG", quality=5)
files["quality 100.jpg"] = saved(rgb(24, 18), "JPEG", quality=100, subsampling=0)
files["grey.jpg"] = saved(grey(19, 14), "JPEG", quality=80)
files["grey progressive.jpg"] = saved(grey(19, 14), "JPEG", quality=80, progressive=True)
files["rgb, not YCbCr.jpg"] = (lambda d: d[:2] + b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00" + d[20:])(saved(rgb(16, 16), "JPEG", quality=90, subsampling=0))
files["trailing bytes.jpg"] = saved(rgb(9, 9), "JPEG") + b"more" * 5
files["cmyk.jpg"] = saved(Image.merge("CMYK", [grey(9, 9)] * 4), "JPEG")
for orientation in range(1, 9):
    files[f"exif {orientation}.jpg"] = jpeg_exif(with_exif(orientation, "<" if orientation % 2 else ">"), rgb(21, 10))
    files[f"exif {orientation}.png"] = saved(rgb(5, 3), "PNG", exif=with_exif(orientation, ">"))
files["exif long.jpg"] = jpeg_exif(with_exif(6, "<", 4), grey(12, 7))
files["exif 0.jpg"] = jpeg_exif(with_exif(0), rgb(12, 7))
files["exif 9.jpg"] = jpeg_exif(with_exif(9), rgb(12, 7))
files["exif twice.jpg"] = (lambda d: d[:2] + b"\xff\xe1" + struct.pack(">H", 8 + len(with_exif(8))) + b"Exif\0\0" + with_exif(8) + d[2:])(jpeg_exif(with_exif(3), rgb(12, 7)))
for colour, depths in [(0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16])]:
    for depth in depths:
        for interlace in (0, 1):
            name = f"colour {colour}, {depth} bits{', interlaced' if interlace else ''}.png"
            files[name] = png(11, 13, depth, colour, interlace, parts=1 + interlace)
for width, height in [(1, 1), (1, 7), (7, 1), (3, 2)]:
    files[f"interlaced {width}x{height}.png"] = png(width, height, 8, 2, 1)
files["palette, transparent.png"] = png(9, 9, 8, 3, extra=chunk(b"tRNS", random.bytes(256)))
files["palette of 100.png"] = png(9, 9, 8, 3, palette=random.bytes(300))
files["grey, one transparent.png"] = png(9, 9, 8, 0, extra=chunk(b"tRNS", b"\0\x20"))
files["rgb, one transparent.png"] = png(9, 9, 8, 2, extra=chunk(b"tRNS", b"\0\x20\0\x30\0\x40"))
files["gamma.png"] = png(9, 9, 8, 2, extra=chunk(b"gAMA", struct.pack(">I", 45455)) + chunk(b"tEXt", b"Title\0abc"))
files["animated.png"] = animated(False)
files["animated, default image.png"] = animated(True)
files["trailing bytes.png"] = png(4, 4, 8, 2) + b"more"
files["grey.pgm"] = b"P5\n# grey\n5 3\n255\n" + random.bytes(15)
files["colour.ppm"] = b"P6 4 2 255\n" + random.bytes(24)


# files that are wrong in ways that check sums do not show
odd = {}
header = chunk(b"IHDR", struct.pack(">IIBBBBB", 6, 8, 8, 2, 0, 0, 0))
rows = b"".join(b"\1" + random.bytes(18) for _ in range(8))


def assembled(*chunks, start=header):
    return b"\x89PNG\r\n\x1a\n" + start + b"".join(chunks) + chunk(b"IEND", b"")


data = zlib.compress(rows)
odd["whole"] = assembled(chunk(b"IDAT", data))
odd["half the rows"] = assembled(chunk(b"IDAT", zlib.compress(rows[:76])))
odd["a row too many"] = assembled(chunk(b"IDAT", zlib.compress(rows + rows[:19])))
odd["half of the last row"] = assembled(chunk(b"IDAT", zlib.compress(rows[:-9])))
odd["stream cut"] = assembled(chunk(b"IDAT", data[: len(data) // 2]))
odd["stream cut by one byte"] = assembled(chunk(b"IDAT", data[:-1]))
odd["stream without its sum"] = assembled(chunk(b"IDAT", data[:-4]))
odd["wrong sum"] = assembled(chunk(b"IDAT", data[:-1] + bytes([data[-1] ^ 1])))
odd["wrong pixels, stored sum"] = assembled(chunk(b"IDAT", zlib.compress(rows, 0)[:20] + b"?" + zlib.compress(rows, 0)[21:]))
odd["bytes after the stream"] = assembled(chunk(b"IDAT", data + b"more"))
odd["unknown filter"] = assembled(chunk(b"IDAT", zlib.compress(b"\7" + rows[1:])))
odd["an empty part"] = assembled(chunk(b"IDAT", b""), chunk(b"IDAT", data[:9]), chunk(b"IDAT", b""), chunk(b"IDAT", data[9:]))
odd["parts apart"] = assembled(chunk(b"IDAT", data[:9]), chunk(b"tEXt", b"a\0b"), chunk(b"IDAT", data[9:]))
odd["no pixels"] = assembled()
odd["no palette"] = assembled(chunk(b"IDAT", zlib.compress(bytes(56))), start=chunk(b"IHDR", struct.pack(">IIBBBBB", 6, 8, 8, 3, 0, 0, 0)))
odd["palette of odd length"] = assembled(chunk(b"PLTE", bytes(10)), chunk(b"IDAT", zlib.compress(bytes(56))), start=chunk(b"IHDR", struct.pack(">IIBBBBB", 6, 8, 8, 3, 0, 0, 0)))
odd["two headers"] = assembled(header, chunk(b"IDAT", data))
odd["unknown critical part"] = assembled(chunk(b"ABCD", b"x"), chunk(b"IDAT", data))
odd["a palette for colours"] = assembled(chunk(b"PLTE", bytes(30)), chunk(b"IDAT", data))
odd["no size"] = assembled(chunk(b"IDAT", data), start=chunk(b"IHDR", struct.pack(">IIBBBBB", 0, 8, 8, 2, 0, 0, 0)))


def without_scans(data, kept):
    """A progressive JPEG file that ends after `kept` of its scans."""
    at = 0
    for _ in range(kept + 1):
        at = data.index(b"\xff\xda", at + 2)
    # tables of the next scan come before it
    while data[:at].rfind(b"\xff\xc4") > data[:at].rfind(b"\xff\xda"):
        at = data[:at].rfind(b"\xff\xc4")
    return data[:at] + b"\xff\xd9"


for kept in (1, 3, 5, 9):
    odd[f"{kept} scans of 10"] = without_scans(files["420 progressive.jpg"], kept)
    odd[f"grey, {min(kept, 5)} scans of 6"] = without_scans(files["grey progressive.jpg"], min(kept, 5))
odd["without its end"] = files["420.jpg"][:-2]
odd["another end"] = files["420.jpg"][:-2] + b"\xff\xd8"
odd["padding before the end"] = files["420.jpg"][:-2] + bytes(6) + b"\xff\xd9"
odd["filled before the end"] = files["420.jpg"][:-2] + b"\xff" * 600 + b"\xd9"
odd["bytes between segments"] = files["420.jpg"][:20] + b"abc" + files["420.jpg"][20:]
odd["codes that do not exist"] = joined(*segments(files["420.jpg"])[:2], b"\xff\0" * 300)
odd["150 bytes unread"] = files["420.jpg"][:-2] + bytes(150) + b"\xff\xd9"
odd["90 bytes unread"] = files["420.jpg"][:-2] + bytes(90) + b"\xff\xd9"
odd["bytes before a restart"] = files["420 restart.jpg"].replace(b"\xff\xd0", bytes(9) + b"\xff\xd0", 1)
odd["half and an end"] = files["420.jpg"][:1000] + b"\xff\xd9"


def digest(pixels, length=64):
    return hashlib.sha256(pixels).hexdigest()[:length]


def decoded(data, transposed=False):
    image = Image.open(io.BytesIO(data))
    image.load()
    if transposed:
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        # Pillow would clip 16 bits to white; the high byte is taken
        return Image.fromarray((np.array(image) >> 8).astype(np.uint8))
    # Pillow opens grey with alpha of 16 bits as RGBA
    grey = image.mode in ("1", "L", "LA") or (data[:4] == b"\x89PNG" and data[25] == 4)
    return image.convert("L" if grey else "RGB")


def outcome(data):
    """The first digits of the hash of what Pillow decodes, or nothing where it refuses."""
    try:
        return digest(decoded(data).tobytes(), 8)
    except Exception:
        return ""


def damaged(data):
    """What Pillow makes of cut files, and of files with one changed byte: [position, new byte, outcome]."""
    cuts = sorted({len(data) * i // 12 for i in range(1, 12)} | set(range(max(0, len(data) - 3), len(data))))
    flips = sorted(set(random.randint(2, len(data), 40).tolist()))
    changed = []
    for at in flips:
        byte = data[at] ^ (1 << random.randint(0, 8))
        changed.append([at, byte, outcome(data[:at] + bytes([byte]) + data[at + 1 :])])
    return [[at, outcome(data[:at])] for at in cuts], changed


def main():
    Image.MAX_IMAGE_PIXELS = 2**22
    entries = []
    for name, data in files.items():
        entry = {"name": name, "base64": base64.b64encode(data).decode()}
        if name != "cmyk.jpg":
            image = decoded(data)
            upright = decoded(data, True)
            entry.update(width=image.width, height=image.height, channels=len(image.getbands()), sha256=digest(image.tobytes()))
            if upright.tobytes() != image.tobytes() or upright.size != image.size:
                entry["upright"] = {"width": upright.width, "height": upright.height, "sha256": digest(upright.tobytes())}
            if name == "440.jpg":
                entry["pixels"] = base64.b64encode(image.tobytes()).decode()
            else:
                entry["cuts"], entry["changes"] = damaged(data)
        entries.append(entry)
    resized = []
    sizes = [(1, 1), (1, 9), (8, 8), (13, 29), (16, 21), (32, 32), (37, 5), (64, 48), (100, 3), (224, 224)]
    for name in ["444.jpg", "grey.jpg", "colour 2, 8 bits.png", "420 1x7.jpg", "interlaced 1x1.png", "colour 0, 8 bits.png"]:
        image = decoded(files[name])
        for width, height in sizes:
            for number, filter in enumerate(FILTERS):
                resized.append([name, width, height, filter, digest(image.resize((width, height), number).tobytes(), 16)])
    # noise has the most rounding
    noise = np.arange(200 * 150 * 3, dtype=np.uint32)
    noise = Image.fromarray(((noise * np.uint32(2654435761)) >> 24).astype(np.uint8).reshape(150, 200, 3))
    for width, height in [(7, 5), (31, 33), (64, 64), (99, 150), (200, 77), (199, 149), (224, 224), (333, 251)]:
        for number, filter in enumerate(FILTERS):
            resized.append(["noise", width, height, filter, digest(noise.resize((width, height), number).tobytes(), 16)])
    greys = digest(noise.convert("L").tobytes())
    about = f"Pillow {PIL.__version__}; sha256 of pixels, row by row"
    strange = [{"name": name, "base64": base64.b64encode(data).decode(), "outcome": outcome(data)} for name, data in odd.items()]
    json.dump({"about": about, "files": entries, "odd": strange, "resized": resized, "noise as grey": greys}, sys.stdout, indent=0, separators=(",", ":"))
    print()


main()
