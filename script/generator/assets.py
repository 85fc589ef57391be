"""The built web application inside the binary: every file of a folder, as it is and gzipped, by assembler .incbin."""
import gzip
import hashlib

from .output import c_string

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".json": "application/json",
         ".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8", ".map": "application/json"}
PACKED = {".html", ".js", ".css", ".svg", ".json", ".webmanifest", ".txt"}


def generate(folder, out):
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".map") if folder.exists() else []
    assembler, rows = ['    .section .rodata'], []
    for number, path in enumerate(files):
        data = path.read_bytes()
        packed = gzip.compress(data, 9, mtime=0) if path.suffix in PACKED else b""
        packed = packed if len(packed) < len(data) else b""
        symbols = []
        for kind, content in (("plain", data), ("gzip", packed)):
            name = f"asset_{number}_{kind}"
            out.write(name, content)
            # The build follows this file, not what it includes: a new content must change it.
            assembler.append(f"    # {hashlib.sha256(content).hexdigest()[:20]}")
            assembler += [f"    .global {name}", f"{name}:", f'    .incbin "{out.folder.resolve()}/{name}"', "    .byte 0"]
            symbols.append((name, len(content)))
        url = "/" + path.relative_to(folder).as_posix()
        tag = hashlib.sha256(data).hexdigest()[:20]
        rows.append((url, TYPES.get(path.suffix, "application/octet-stream"), tag, symbols))
    assembler += ['    .section .note.GNU-stack,"",@progbits', ""]
    out.write("assets.S", "\n".join(assembler))
    lines = ['#include "platform/http/assets.h"', ""]
    lines += [f"extern const char {name}[];" for _, _, _, symbols in rows for name, _ in symbols]
    lines += ["", "const struct asset all_assets[] = {"]
    lines += [f'    {{{c_string(url)}, "{kind}", "\\"{tag}\\"", {symbols[0][0]}, {symbols[0][1]}, {symbols[1][0]}, {symbols[1][1]}}},'
              for url, kind, tag, symbols in rows]
    lines += ["    {0},", "};", f"const int all_asset_count = {len(rows)};", ""]
    out.write("assets.c", "\n".join(lines))
