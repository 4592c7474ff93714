#!/usr/bin/env python3
"""Makes the table of src/server/static_files.h from a folder.

    embed_page.py FOLDER OUTPUT.c

Each file stands there plain and as gzip, with a tag of its contents. The same files give the same bytes.
"""
import gzip
import hashlib
import pathlib
import sys

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def array(name, data):
    rows = (",".join(map(str, data[i : i + 32])) for i in range(0, len(data), 32))
    return f"static const unsigned char {name}[] = {{\n" + ",\n".join(rows) + "};\n"


def main():
    folder, output = map(pathlib.Path, sys.argv[1:])
    arrays, rows = [], []
    for i, path in enumerate(sorted(p for p in folder.iterdir() if p.suffix in TYPES)):
        plain = path.read_bytes()
        packed = gzip.compress(plain, 9, mtime=0)
        tag = hashlib.sha256(plain).hexdigest()[:32]
        url = "/" if path.name == "index.html" else "/" + path.name
        arrays += [array(f"plain{i}", plain), array(f"gzip{i}", packed)]
        rows.append(
            f'    {{"{url}", "{TYPES[path.suffix]}", {{"\\"{tag}\\"", plain{i}, sizeof plain{i}}},\n'
            f'     {{"\\"{tag}-gzip\\"", gzip{i}, sizeof gzip{i}}}}},\n'
        )
    output.write_text(
        '#include "server/static_files.h"\n\n' + "".join(arrays) + "\nstatic const static_file table[] = {\n" + "".join(rows) +
        "};\n\nconst static_file *static_file_table(int *count)\n{\n"
        "    *count = (int)(sizeof table / sizeof *table);\n    return table;\n}\n"
    )


main()
