"""Words for people: the same keys and holes in every language, each key said somewhere, and no key said that is not there."""
import json
import re

import yaml

LANGUAGES = ("en", "de", "hu")
HOLE = re.compile(r"\{\w+\}")
# The quoted strings of a source; a `template ${hole}` stands for all keys that fit.
QUOTED = re.compile(r"'([\w.-]+)'|\"([\w.-]+)\"")
TEMPLATE = re.compile(r"`((?:[^`$]|\$\{[^}`]*\})*)`")
# What is asked for as t('key'): it has to exist.
ASKED = re.compile(r"\bt\('([\w.-]+)'")


def flat(node, at=""):
    for key, value in node.items():
        if isinstance(value, dict):
            yield from flat(value, f"{at}{key}.")
        else:
            yield at + key, value


def locales(tree):
    """(folder, {language: {key: text}}) of each part of the web client."""
    for path, text in tree.under("web/src/features/", ".json"):
        if path.name != "en.json":
            continue
        files = {language: path.parent / f"{language}.json" for language in LANGUAGES}
        for language, file in files.items():
            if not file.exists():
                tree.breach(file, 1, "this language is missing")
        yield path.parent, {lang: dict(flat(json.loads(file.read_text()))) for lang, file in files.items() if file.exists()}


def web_languages(tree):
    for folder, said in locales(tree):
        english = said["en"]
        for language, texts in said.items():
            file = folder / f"{language}.json"
            for key in sorted(set(english) ^ set(texts)):
                tree.breach(file, 1, f"{key} is " + ("missing" if key in english else "not in en.json"))
            for key in sorted(set(english) & set(texts)):
                if not texts[key]:
                    tree.breach(file, 1, f"{key} says nothing")
                elif set(HOLE.findall(texts[key])) != set(HOLE.findall(english[key])):
                    tree.breach(file, 1, f"{key} has other holes than in en.json")


def said_in(text):
    """The keys that a source may ask for: literals, and templates as patterns."""
    literals = {a or b for a, b in QUOTED.findall(text)}
    patterns = set()
    for template in TEMPLATE.findall(text):
        parts = re.split(r"\$\{[^}]*\}", template)
        if len(parts) > 1 and "." in "".join(parts) and re.fullmatch(r"[\w.-]+", "".join(parts)):
            patterns.add(r"[\w-]+".join(re.escape(part) for part in parts))
    return literals, patterns


def web_keys(tree):
    """Each key is used, and each key used is there."""
    known, places = set(), {}
    for folder, said in locales(tree):
        for key in said["en"]:
            if key in known:
                tree.breach(folder / "en.json", 1, f"{key} is said twice, also in {tree.name(places[key])}")
            known.add(key)
            places[key] = folder / "en.json"
    literals, patterns = set(), set()
    for path, text in tree.under("web/src/", ".vue", ".ts"):
        mine = said_in(text)
        literals |= mine[0]
        patterns |= mine[1]
        for number, line in enumerate(text.splitlines(), 1):
            for key in ASKED.findall(line):
                if key not in known:
                    tree.breach(path, number, f"there are no words for {key}")
    pattern = re.compile("|".join(sorted(patterns)) or "(?!)")
    for key in sorted(known - literals):
        if not pattern.fullmatch(key):
            tree.breach(places[key], 1, f"{key} is used nowhere")


def server_words(tree):
    """Each key of words.yaml stands in a string of C, where a %s stands for any word; error_CODE goes by the codes of
    base/error.c."""
    sources = "\n".join(text for _, text in tree.under("src/", ".c", ".h"))
    strings = set(re.findall(r'"([a-z0-9_]+)"', sources))
    formats = {re.sub(r"%(?:\.\*)?s", "[a-z0-9_]+", each) for each in re.findall(r'"((?:[a-z0-9_]|%(?:\.\*)?s)+)"', sources)
               if "%" in each and "_" in each}
    composed = re.compile("|".join(sorted(formats)) or "(?!)")
    for path, text in tree.under("src/", ".yaml"):
        if path.name != "words.yaml":
            continue
        for key in yaml.safe_load(text) or {}:
            if not composed.fullmatch(key) and not {key, key.removeprefix("error_")} & strings:
                tree.breach(path, 1, f"{key} is used nowhere")


def statements(tree):
    """Each named statement is called by somebody."""
    sources = "\n".join(text for _, text in tree.under("src/", ".c", ".h")) + "\n".join(t for _, t in tree.under("tests/", ".c", ".h"))
    words = set(re.findall(r"\w+", sources))
    for path, text in tree.under("src/", ".sql"):
        for number, line in enumerate(text.splitlines(), 1):
            match = re.match(r"-- name: (\w+)$", line)
            if match and not {f"sql_{match[1]}", f"sql_{match[1]}_json", f"statement_{match[1]}"} & words:
                tree.breach(path, number, f"the statement {match[1]} is used nowhere")


ALL = [web_languages, web_keys, server_words, statements]
