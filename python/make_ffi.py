#!/usr/bin/env python3
"""Makes gatkit/_ffi.py, the declarations of gatkit.h as cffi keeps them, so that no structure is described twice.

    make_ffi.py GATKIT_H OUT.py

GATKIT_H is the header as it is installed, one file without includes of its own.
"""
import os
import re
import sys
import tempfile

import cffi



def declarations(header):
    """The declarations of the header without what only a compiler understands."""
    text = re.sub(r"/\*.*?\*/", " ", header, flags=re.S)
    status = re.search(r"#define GAT_STATUS_LIST\(X\)(.*?)\n\n", text, flags=re.S)[1]
    codes = re.findall(r"X\((\w+), (-?\d+),", status)
    enum = "typedef enum gat_status {" + ", ".join(f"{name} = {value}" for name, value in codes) + "} gat_status;"
    text = re.sub(r"typedef enum gat_status \{.*?\} gat_status;", enum, text, count=1, flags=re.S)
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*$", "", text, flags=re.M)
    text = re.sub(r'extern "C" \{|\bGAT_PUBLIC\b|__attribute__\(\(.*?\)\)', "", text)
    opened = 0
    for position, letter in enumerate(text):
        opened += {"{": 1, "}": -1}.get(letter, 0)
        if opened < 0:
            return text[:position]
    return text


def main():
    """Writes beside the target, then renames."""
    header, out = sys.argv[1:]
    with open(header, encoding="utf-8") as file:
        text = declarations(file.read())
    ffi = cffi.FFI()
    ffi.set_source("_ffi", None)
    ffi.cdef(text)
    folder = os.path.dirname(os.path.abspath(out))
    with tempfile.TemporaryDirectory(dir=folder) as made:
        ffi.emit_python_code(os.path.join(made, "_ffi.py"))
        os.replace(os.path.join(made, "_ffi.py"), out)


main()
