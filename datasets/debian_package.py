"""Files of a Debian package, installed or not, and texts written so that their
bytes repeat. Shared by the scripts of this folder. Standard library only.
"""
import gzip
import os
import subprocess
import sys
import tempfile

UNAVAILABLE = 77    # exit status: nothing is wrong, but the package cannot be had

downloads = []      # temporary folders, which last as long as the process


def find_folder(package, installed, probe, given=None):
    """The folder that holds the file `probe`: the given one, else the installed one, else a downloaded one."""
    folder = given or installed
    if os.path.exists(os.path.join(folder, probe)):
        return folder
    if given:
        unavailable(f"no {probe} in {given}")
    return download(package) + installed


def download(package):
    """Unpacks the package into a temporary folder, without installing it."""
    downloads.append(tempfile.TemporaryDirectory(prefix=package + "-"))
    folder = downloads[-1].name
    try:
        run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package], folder)
        deb = [name for name in os.listdir(folder) if name.endswith(".deb")][0]
        run(["dpkg-deb", "-x", deb, "."], folder)
    except (OSError, IndexError, subprocess.SubprocessError):
        unavailable(f"cannot download {package} with apt-get (is this Debian? try apt-get update)")
    return folder


def run(command, folder):
    subprocess.run(command, cwd=folder, check=True, timeout=300,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def unavailable(why):
    print(why, file=sys.stderr)
    sys.exit(UNAVAILABLE)


def tsv(records):
    return "".join("\t".join(record) + "\n" for record in records)


def write_text(path, text):
    """Plain, or gzip when the name ends so; no name and no time, so bytes repeat."""
    data = text.encode()
    with open(path, "wb") as f:
        f.write(gzip.compress(data, 9, mtime=0) if path.endswith(".gz") else data)


def read_text(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
        return f.read().decode()
