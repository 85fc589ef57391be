"""Rules for all text and for C: layers, banned words and calls, sizes, handlers that exist."""
import re
import sys

sys.path.insert(0, __file__.rsplit("/", 2)[0])
from generator import api
from generator.output import Problem

LAYERS = ["base", "wire", "platform", "modules", "channels", "commands"]
LINES = {".c": 800, ".h": 800, ".vue": 300, ".ts": 400, ".py": 400}
FUNCTION = 100            # lines of one function
HALF, MOST = 15, 50       # half of all functions are shorter than the first, nine in ten than the second

WIDTH = 160               # characters of one line of C or Python; sentences of the demo and of tests may be longer

# Marks of unfinished work, and paths that exist on one machine alone.
WORDS = re.compile(r"\b(TODO|FIXME|XXX|hack)\b|/(?:work|tmp/b-|farm)/|bash_jobs", re.IGNORECASE)

# base/banned.h poisons what the compiler can refuse; these are banned in some places only. Commands that a shell
# reads are for tests alone, and memory of modules comes from arenas.
CALLS = [
    (("src/", "tests/"), re.compile(r"\b(goto)\b"), "no goto: split the function"),
    (("src/",), re.compile(r"\b(system|popen|rand|srand|random|alloca|setjmp|longjmp)\("), "banned"),
    (("src/modules/",), re.compile(r"\b(malloc|calloc|realloc|strdup|strndup|free)\("), "memory comes from arenas"),
]
# What outlives its request can't lie in the request's arena.
OUTLIVE = ("src/modules/people/staff.c",)


def bare(line):
    """A line of C without its strings and comments."""
    return re.sub(r'//.*|/\*.*?(\*/|$)|^\s*\*.*', "", re.sub(r'"(\\.|[^"\\])*"', '""', line))


def words(tree):
    for path, text in tree.under(""):
        if tree.name(path) in ("script/checker/sources.py",) or "node_modules" in path.parts:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if WORDS.search(line):
                tree.breach(path, number, "an unfinished mark or a path of a machine")


def layout(tree):
    """White space as an editor leaves it, and lines that fit."""
    for path, text in tree.under(""):
        if text and not text.endswith("\n"):
            tree.breach(path, text.count("\n") + 1, "ends without a line end")
        wordy = path.name.endswith(("_test.c", "_test.py")) or path.name.startswith("demo_")
        for number, line in enumerate(text.splitlines(), 1):
            if line != line.rstrip() or "\t" in line or "\r" in line:
                tree.breach(path, number, "a tab, a carriage return, or a blank at the end")
            if len(line) > WIDTH and path.suffix in (".c", ".h", ".py") and not wordy:
                tree.breach(path, number, f"{len(line)} characters, more than {WIDTH}")


def calls(tree):
    for path, text in tree.under("", ".c", ".h"):
        for folders, pattern, why in CALLS:
            if not tree.name(path).startswith(folders) or (path.name.endswith("_test.c") and why != CALLS[0][2]):
                continue
            if tree.name(path) in OUTLIVE and why == CALLS[-1][2]:
                continue
            for number, line in enumerate(text.splitlines(), 1):
                found = pattern.search(bare(line))
                if found:
                    tree.breach(path, number, f"{found[1]}: {why}")


def listed_modules(tree):
    lines = (tree.root / "src/modules/modules.list").read_text().splitlines()
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


def modules(tree):
    """The list names what exists, and nothing that exists is left out."""
    there = {tree.name(path).split("/")[2] for path, _ in tree.under("src/modules/") if tree.name(path).count("/") > 2}
    for name in sorted(there ^ set(listed_modules(tree))):
        tree.breach("src/modules/modules.list", 1, f"{name} is " + ("not listed" if name in there else "listed, but there is no such folder"))


def folder_of(include):
    return include.rsplit("/", 1)[0] if "/" in include else ""


def includes(tree):
    """Includes point down: channels, modules, platform, wire, base; and in the modules' order."""
    order = listed_modules(tree)
    for path, text in tree.under("src/", ".c", ".h"):
        folder = folder_of(tree.name(path).removeprefix("src/"))
        for number, line in enumerate(text.splitlines(), 1):
            match = re.match(r'\s*#\s*include "([^"]+)"', line)
            fault = match and fault_of_include(match[1], folder, order)
            if fault:
                tree.breach(path, number, fault)


def fault_of_include(include, folder, order):
    layer, target = folder.split("/")[0], include.split("/")[0]
    if include.endswith("_private.h") and folder_of(include) != folder and not include.startswith("platform/store"):
        return f"{include} belongs to another folder"
    if target not in LAYERS or layer not in LAYERS:
        return None
    if LAYERS.index(target) > LAYERS.index(layer):
        return f"{layer} may not include {target}"
    if layer == target == "modules" and folder_of(include) != folder:
        mine, other = folder.split("/")[1], include.split("/")[1]
        if mine in order and other in order and order.index(other) > order.index(mine):
            return f"{mine} stands above {other} in modules.list"
    return None


def function_sizes(text):
    """Lines of each function: from a line that ends in '{' at the margin to the '}' at the margin."""
    start = None
    for number, line in enumerate(text.splitlines()):
        if start is None and re.match(r"[a-zA-Z].*\) \{$", line):
            start = number
        elif start is not None and line == "}":
            yield start + 1, number - start - 1
            start = None


def sizes(tree):
    for path, text in tree.under("", *LINES):
        if text.count("\n") > LINES[path.suffix]:
            tree.breach(path, 1, f"has {text.count(chr(10))} lines, more than {LINES[path.suffix]}")
    all_sizes = []
    for path, text in tree.under("src/", ".c"):
        for line, size in function_sizes(text):
            all_sizes.append(size)
            if size > FUNCTION and not path.name.endswith("_test.c"):
                tree.breach(path, line, f"a function of {size} lines")
    all_sizes.sort()
    half, most = all_sizes[len(all_sizes) // 2] + 1, all_sizes[len(all_sizes) * 9 // 10] + 1
    tree.notes.append(f"functions: {len(all_sizes)}, half under {half} lines, nine in ten under {most}")
    if half > HALF or most > MOST:
        tree.breach("src", 1, f"functions grew: half should be under {HALF} lines and nine in ten under {MOST}")


def handlers(tree):
    """Every handler that a description names stands in the description's folder."""
    try:
        _, operations, _ = api.load(tree.root)
    except Problem as problem:
        return tree.breach("src", 1, str(problem))
    for _, _, operation, _, path, _ in operations:
        names = [operation.get("x-handler", api.snake(operation.get("operationId") or "")), operation.get("x-prepare")]
        sources = "\n".join(file.read_text() for file in sorted(path.parent.glob("*.c")))
        for name in filter(None, names):
            if not re.search(rf"^bool {name}\(", sources, re.MULTILINE):
                tree.breach(path, 1, f"there is no handler {name} in {tree.name(path.parent)}")


def answers(tree):
    """Every answer in JSON says what is in it; the tests hold answers against this."""
    try:
        _, operations, _ = api.load(tree.root)
    except Problem as problem:
        return tree.breach("src", 1, str(problem))
    for _, _, operation, _, path, _ in operations:
        for status, response in operation.get("responses", {}).items():
            schema = response.get("content", {}).get("application/json", {}).get("schema")
            if status.startswith("2") and schema is not None and not set(schema) & {"$ref", "properties", "allOf", "items"}:
                tree.breach(path, 1, f"{operation.get('operationId')}: the answer {status} is not described")


def migrations(tree):
    """Dated, and not empty: an empty one would count as done on every installation that has met it."""
    for path, text in tree.under("src/", ".sql"):
        if path.parent.name != "migrations":
            continue
        if not re.fullmatch(r"\d{8}[a-z]?_[a-z0-9_]+", path.stem):
            tree.breach(path, 1, "the name of a migration is YYYYMMDD_name.sql")
        if not re.sub(r"--.*", "", text).strip():
            tree.breach(path, 1, "changes nothing")


ALL = [words, layout, calls, modules, includes, sizes, handlers, answers, migrations]
