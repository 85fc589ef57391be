"""The tree as the checks see it: the files that git knows or would take, and the breaches found in them."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TEXTS = (".c", ".h", ".py", ".sql", ".yaml", ".vue", ".ts", ".md", ".mjs", ".sh", ".css", ".html", ".build", ".list", "")


class Tree:
    def __init__(self, root=ROOT):
        self.root, self.breaches, self.notes, self.skipped, self.passed = root, [], [], 0, 0
        out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=root, capture_output=True, text=True, check=True)
        self.files = sorted({root / name for name in out.stdout.splitlines() if (root / name).is_file()})
        self.texts = {}

    def name(self, path):
        return path.relative_to(self.root).as_posix()

    def text(self, path):
        """None when it is not UTF-8."""
        if path not in self.texts:
            try:
                self.texts[path] = path.read_text()
            except UnicodeDecodeError:
                self.texts[path] = None
        return self.texts[path]

    def under(self, folder, *suffixes):
        """(path, text) of each text file below a folder, by name's ending."""
        for path in self.files:
            if self.name(path).startswith(folder) and path.suffix in (suffixes or TEXTS) and self.text(path) is not None:
                yield path, self.text(path)

    def breach(self, path, line, words):
        self.breaches.append(f"{path if isinstance(path, str) else self.name(path)}:{line}: {words}")

    def skip(self, words):
        self.notes.append("skipped: " + words)
        self.skipped += 1

    def run(self, check):
        """One check: what it has to say goes to breaches; without any it passed."""
        before, skipped = len(self.breaches), self.skipped
        check(self)
        self.passed += len(self.breaches) == before and self.skipped == skipped
