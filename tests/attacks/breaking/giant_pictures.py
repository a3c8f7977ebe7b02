"""Displays pictures that are small as files and do not fit into memory when they are drawn."""
# group: breaking
# honest: all
# seconds: 5
# %% +
import struct
import zlib

from IPython.display import Image, SVG, display


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


side = 60_000
rows = zlib.compress(bytes(1_000_000)) * 3
png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
display(Image(png, format="png"))
display(Image(b"\x89PNG not a picture", format="png"))
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" width="1e9" height="1e9"><rect width="1e9" height="1e9"/></svg>'))
