"""cppcheck and clang-tidy over what changed since they last had nothing to say."""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import time

PARALLEL = 2
KEPT_SECONDS = 60 * 24 * 3600
INCLUDE = re.compile(r'^\s*#\s*include "([^"]+)"', re.MULTILINE)
FINDING = re.compile(r"^([^\s:][^\n:]*):(\d+):\d+: (?:warning|error): (.*)$", re.MULTILINE)


def cppcheck(tree):
    """Remembers by itself, in its build folder, what it has read."""
    if not shutil.which("cppcheck"):
        return tree.skip("cppcheck is not installed; script/setup --test installs it")
    memory = tree.root / "build/check/cppcheck"
    memory.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["cppcheck", "--quiet", f"-j{PARALLEL}", "--enable=warning,performance,portability", "--inline-suppr", "--std=c11",
         f"--cppcheck-build-dir={memory}", "--suppressions-list=script/checker/cppcheck.txt", "--template={file}:{line}: {message} [{id}]",
         "--error-exitcode=1", "-D_GNU_SOURCE", "-Isrc", "-I.", "-Ibuild/generated", "src", "tests/test.c", "tests/store.c"],
        cwd=tree.root, capture_output=True, text=True)
    findings = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    for line in findings:
        path, number, words = (line.split(":", 2) + ["", ""])[:3]
        tree.breach(path, number, words.strip())
    if done.returncode != 0 and not findings:
        tree.breach("cppcheck", 1, f"ended with {done.returncode}")


class Memory:
    """Which translation units were clean, as a hash of all that goes into each: one empty file for each, for all checkouts of a person."""

    def __init__(self, root):
        self.root = root
        self.folder = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "theke/clang-tidy"
        self.folders = [root / "src", root, root / "build/generated"]
        version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True).stdout
        self.common = version + (root / ".clang-tidy").read_text() + (root / "src/base/banned.h").read_text()

    @functools.cache
    def parts(self, path):
        """A file's hash and the project's files that it includes."""
        content = path.read_bytes()
        found = [next((f / name for f in self.folders if (f / name).is_file()), None) for name in INCLUDE.findall(content.decode("utf-8", "replace"))]
        return hashlib.sha256(content).hexdigest(), tuple(sorted({p for p in found if p}))

    def key(self, path, command):
        seen, waiting = {}, [path]
        while waiting:
            each = waiting.pop()
            if each not in seen:
                seen[each], inner = self.parts(each)
                waiting += inner
        names = sorted((str(p.relative_to(self.root)), digest) for p, digest in seen.items())
        return hashlib.sha256(json.dumps([self.common, command.replace(str(self.root), ""), names]).encode()).hexdigest()

    def is_clean(self, key):
        return (self.folder / key).exists()

    def keep(self, keys):
        """Forgets what nobody asked for in a long time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for key in keys:
            (self.folder / key).touch()
        for file in self.folder.iterdir():
            if file.stat().st_mtime < time.time() - KEPT_SECONDS:
                file.unlink(missing_ok=True)


def units(tree, database):
    """(path, command) of each source of ours that the build knows."""
    ours = set(tree.files)
    for entry in json.loads(database.read_text()):
        path = (pathlib.Path(entry["directory"]) / entry["file"]).resolve()
        if path in ours and path.suffix == ".c":
            yield path, entry.get("command") or " ".join(entry["arguments"])


def clang_tidy(tree):
    database = tree.root / "build/release/compile_commands.json"
    if not shutil.which("clang-tidy"):
        return tree.skip("clang-tidy is not installed; script/setup --test installs it")
    if not database.exists():
        return tree.skip("clang-tidy needs what script/build prepares")
    memory = Memory(tree.root)
    keys = {path: memory.key(path, command) for path, command in units(tree, database)}
    changed = [path for path, key in keys.items() if not memory.is_clean(key)]
    findings, bad = set(), set()
    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        for path, out in zip(changed, pool.map(lambda p: tidy_one(tree, database.parent, p), changed)):
            found = {(str((database.parent / f).resolve()), int(line), words.replace(",-warnings-as-errors", "")) for f, line, words in FINDING.findall(out)}
            if found or "CLEAN" not in out:
                bad.add(path)
            if "CLEAN" not in out and not found:
                found = {(str(path), 1, "clang-tidy failed: " + out.strip()[-300:])}
            findings |= found
    memory.keep([key for path, key in keys.items() if path not in bad])
    for path, line, words in sorted(findings):
        tree.breach(path.removeprefix(f"{tree.root}/"), line, words)
    tree.notes.append(f"clang-tidy: read {len(changed)} of {len(keys)} sources, the others have not changed since they were clean")


def tidy_one(tree, build, path):
    """One source at a time: with several, version 14 takes va_start for missing in all but the first."""
    done = subprocess.run(["clang-tidy", "--quiet", "-p", str(build), str(path)], cwd=tree.root, capture_output=True, text=True, timeout=300)
    return done.stdout + ("CLEAN" if done.returncode == 0 else done.stderr)


ALL = [cppcheck, clang_tidy]
