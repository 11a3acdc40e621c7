"""Write files so that they appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tracer.errors import Fault, InputError


def write_whole(path: Path, content: str | bytes) -> None:
    """Write ``content`` to ``path``, by way of a temporary file beside it that takes its name.

    Raises InputError where that is not possible; an existing file is then as it was.
    """
    target = Path(os.path.realpath(path))  # a link keeps pointing where it does
    if target.is_dir():
        raise InputError(Fault(str(path), "is a directory; name a file"))
    if target.exists() and not target.is_file():
        raise InputError(Fault(str(path), "is not a regular file; use -o - for standard output"))
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise InputError(Fault(str(path), f"cannot be written: {error.strerror}")) from None
    except BaseException:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int:
    """The mode of the file that is replaced, or that of a new file."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
