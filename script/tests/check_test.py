"""The checks find what they are there for, and leave alone what is right."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from checker import languages, linters, sources
from checker.tree import Tree


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        subprocess.run(["git", "init", "-q", self.root], check=True)
        self.file("src/modules/modules.list", "desk\nshelf\n")

    def tearDown(self):
        self.folder.cleanup()

    def file(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def breaches(self, check):
        tree = Tree(self.root)
        tree.run(check)
        return tree.breaches


class Sources(Case):
    def test_unfinished_marks(self):
        self.file("docs/a.md", "well\nTO" + "DO: more\n")
        self.assertEqual(self.breaches(sources.words), ["docs/a.md:2: an unfinished mark or a path of a machine"])

    def test_layout(self):
        self.file("src/base/a.c", "int a; \n\tint b;\n" + "x" * 161 + "\nint c;")
        self.file("src/base/a_test.c", "x" * 161 + "\n")
        self.assertEqual([each.split(": ")[0] for each in self.breaches(sources.layout)],
                         ["src/base/a.c:4", "src/base/a.c:1", "src/base/a.c:2", "src/base/a.c:3"])

    def test_banned_calls_outside_of_words(self):
        self.file("src/modules/desk/desk.c", 'char *a = "free(this)"; /* goto heaven */\nfree(a);\n')
        self.file("src/base/base.c", "free(a);\nsystem(a);\n")
        self.file("src/base/base_test.c", "system(a);\ngoto end;\n")
        self.assertEqual([each.split(": ")[0] for each in self.breaches(sources.calls)],
                         ["src/base/base.c:2", "src/base/base_test.c:2", "src/modules/desk/desk.c:2"])

    def test_includes_point_down(self):
        self.file("src/wire/mail/mail.c", '#include "platform/store/store.h"\n#include "base/text.h"\n')
        self.file("src/modules/desk/desk.c", '#include "modules/shelf/shelf.h"\n#include "modules/desk/desk_private.h"\n')
        self.file("src/modules/shelf/shelf.c", '#include "modules/desk/desk.h"\n#include "modules/desk/desk_private.h"\n')
        self.assertEqual(self.breaches(sources.includes), [
            "src/modules/desk/desk.c:1: desk stands above shelf in modules.list",
            "src/modules/shelf/shelf.c:2: modules/desk/desk_private.h belongs to another folder",
            "src/wire/mail/mail.c:1: wire may not include platform"])

    def test_long_functions(self):
        self.file("src/base/base.c", "int long_one(void) {\n" + "    step();\n" * 101 + "}\n" + "int short_one(void) {\n    step();\n}\n" * 20)
        self.assertEqual(self.breaches(sources.sizes), ["src/base/base.c:1: a function of 101 lines"])

    def test_handlers_exist(self):
        self.file("src/modules/desk/desk.api.yaml", "paths: {/desks: {get: {operationId: get_desks}, post: {operationId: post_desk, x-handler: desk_add}}}\n")
        self.file("src/modules/desk/desk.c", "bool get_desks(struct request *request) {\n")
        self.assertEqual(self.breaches(sources.handlers), ["src/modules/desk/desk.api.yaml:1: there is no handler desk_add in src/modules/desk"])

    def test_modules_and_their_list(self):
        self.file("src/modules/desk/desk.c", "")
        self.file("src/modules/chair/chair.c", "")
        self.assertEqual([each.split(": ")[1] for each in self.breaches(sources.modules)],
                         ["chair is not listed", "shelf is listed, but there is no such folder"])


class Languages(Case):
    def locales(self, **texts):
        for language, words in texts.items():
            self.file(f"web/src/features/desk/{language}.json", json.dumps({"desk": words}))

    def test_languages_say_the_same(self):
        self.locales(en={"hi": "Hi {name}", "by": "By"}, de={"hi": "Hallo", "by": ""}, hu={"hi": "Szia {name}", "on": "Be"})
        self.assertEqual([each.split(":1: ")[1] for each in self.breaches(languages.web_languages)],
                         ["desk.by says nothing", "desk.hi has other holes than in en.json", "desk.by is missing", "desk.on is not in en.json"])

    def test_keys_are_used_and_there(self):
        same = {"hi": "Hi", "state_open": "Open", "left": "Left over"}
        self.locales(en=same, de=same, hu=same)
        self.file("web/src/Desk.vue", "{{ t('desk.hi') }}{{ t(`desk.state_${state}`) }}\n{{ t('desk.none') }}\n")
        self.assertEqual(self.breaches(languages.web_keys), ["web/src/Desk.vue:2: there are no words for desk.none",
                                                             "web/src/features/desk/en.json:1: desk.left is used nowhere"])

    def test_words_and_statements_of_the_server(self):
        self.file("src/modules/desk/words.yaml", "taken: {}\nerror_io: {}\nletter_hi_text: {}\nleft: {}\n")
        self.file("src/modules/desk/desk.sql", "-- name: desk_one\nSELECT 1;\n-- name: desk_two\nSELECT 2;\n")
        self.file("src/modules/desk/desk.c", 'say("taken", "io", "letter_%.*s_text"); sql_desk_one_json(tx);\n')
        self.assertEqual(self.breaches(languages.server_words), ["src/modules/desk/words.yaml:1: left is used nowhere"])
        self.assertEqual(self.breaches(languages.statements), ["src/modules/desk/desk.sql:3: the statement desk_two is used nowhere"])


class Memory(Case):
    def test_a_source_is_read_again_when_what_it_includes_changes(self):
        self.file("src/base/base.c", '#include "base/base.h"\n')
        self.file("src/base/base.h", "int a;\n")
        self.file("src/base/banned.h", "")
        self.file(".clang-tidy", "Checks: '*'\n")
        key = lambda command: linters.Memory(self.root).key(self.root / "src/base/base.c", command)
        first = key("cc")
        self.assertEqual(key("cc"), first)
        self.assertNotEqual(key("cc -O3"), first)
        self.file("src/base/base.h", "int b;\n")
        self.assertNotEqual(key("cc"), first)

    def test_what_is_clean_in_one_checkout_is_clean_in_another(self):
        for name in ("one", "two"):
            self.file(f"{name}/src/base/base.c", "int a;\n")
            self.file(f"{name}/src/base/banned.h", "")
            self.file(f"{name}/.clang-tidy", "Checks: '*'\n")
        with unittest.mock.patch.dict(os.environ, {"XDG_CACHE_HOME": str(self.root / "cache")}):
            one, two = (linters.Memory(self.root / name) for name in ("one", "two"))
            keys = [memory.key(memory.root / "src/base/base.c", f"cc -I{memory.root}/src") for memory in (one, two)]
            self.assertFalse(two.is_clean(keys[1]))
            one.keep(keys[:1])
            self.assertTrue(two.is_clean(keys[1]))


if __name__ == "__main__":
    unittest.main()
