"""Words for people: src/**/words.yaml {key: {de, en, hu}} -> one sorted table that base/words.h searches."""
import yaml

from .output import Problem, c_string

LANGUAGES = ("de", "en", "hu")


def generate(root, out):
    words = {}
    for path in sorted(root.glob("src/**/words.yaml")):
        for key, texts in (yaml.safe_load(path.read_text()) or {}).items():
            missing = [language for language in LANGUAGES if not texts.get(language)]
            if missing:
                raise Problem(f"{path}: {key} lacks {', '.join(missing)}")
            if key in words:
                raise Problem(f"{path}: {key} is defined twice")
            words[key] = texts
    rows = [f"    {{{c_string(key)}, {{{', '.join(c_string(str(words[key][language])) for language in LANGUAGES)}}}}},"
            for key in sorted(words, key=lambda k: k.encode())]
    out.write("words.c", "\n".join(['#include "base/words.h"', "", "const struct words all_words[] = {", *rows, "    {0},", "};",
                                    f"const int all_word_count = {len(rows)};", ""]))
