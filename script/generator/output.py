"""Writing generated files, and the small helpers that every part shares."""
import re


class Problem(Exception):
    """A description is wrong; the text names the file and says how to mend it."""


class Output:
    def __init__(self, folder):
        self.folder = folder
        self.written = set()

    def write(self, name, content):
        path = self.folder / name
        self.written.add(path)
        data = content if isinstance(content, bytes) else content.encode()
        if path.exists() and path.read_bytes() == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def remove_stale(self, keep_assets):
        for path in self.folder.rglob("*"):
            kept = keep_assets and path.name.startswith(("assets", "asset_"))
            if path.is_file() and path not in self.written and not kept:
                path.unlink()


def c_string(text):
    """A C string literal, broken after line ends so that the output stays readable."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\r", "\\r")
    lines = escaped.split("\n")
    joined = ['"' + line + '\\n"' for line in lines[:-1]] + (['"' + lines[-1] + '"'] if lines[-1] or len(lines) == 1 else [])
    return "\n    ".join(joined)


def snake(name):
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).replace("-", "_").replace(".", "_").lower()


def folder_name(root, path):
    """src/modules/tickets/x.sql -> modules_tickets"""
    return "_".join(path.parent.relative_to(root / "src").parts)
