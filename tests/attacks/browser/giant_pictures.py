"""Shows pictures of a few hundred bytes that need gigabytes when a browser unpacks them."""
# group: browser

# %%
import base64
import struct
import zlib

from IPython.display import display


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


header = struct.pack(">IIBBBBB", 30000, 30000, 1, 0, 0, 0, 0)
picture = (
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
)
display({"image/png": base64.b64encode(picture).decode(), "text/plain": "a giant"}, raw=True)
display({"text/html": f'<img src="data:image/png;base64,{base64.b64encode(picture).decode()}">'}, raw=True)
gif = b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\0\0\0;"
display({"text/html": f'<img src="data:image/gif;base64,{base64.b64encode(gif).decode()}">'}, raw=True)
display({"image/png": "not base64\" onerror=\"__pwned('data')", "text/plain": "x"}, raw=True)
