# SPDX-License-Identifier: MIT
"""What belongs to the repository: files that git knows, and new ones that it does not ignore."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def files(root, *patterns):
    """Relative paths, sorted. Whoever owns the checkout: looking at names does no harm."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]
    listed = subprocess.run([*command, *patterns], cwd=root, capture_output=True, text=True, check=True)
    return sorted(pathlib.PurePath(name) for name in listed.stdout.split("\0") if name and (root / name).is_file())
