"""New modules and migrations, made in a copy of the tree."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CHECKS = ("words", "calls", "modules", "includes", "sizes", "handlers", "migrations", "server_words", "statements")


class Copy(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        for name in ("script", "src"):
            shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("__pycache__"))
        (self.root / "tests/conversations").mkdir(parents=True)
        subprocess.run(["git", "init", "-q", self.root], check=True)

    def tearDown(self):
        self.folder.cleanup()

    def run_script(self, name, *arguments):
        return subprocess.run([self.root / "script" / name, *arguments], cwd=self.root, capture_output=True, text=True)

    def made(self, name, *arguments):
        done = self.run_script(name, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.split()


class Modules(Copy):
    def test_a_new_module_is_generated_and_passes_the_checks(self):
        paths = self.made("new-module", "wombats")
        for path in paths:
            self.assertTrue((self.root / path).is_file(), path)
        self.assertIn("wombats", (self.root / "src/modules/modules.list").read_text().split())
        self.made("generate", "--out", "out")
        self.assertIn("post_wombat", (self.root / "out/routes.c").read_text())
        self.assertIn("sql_wombat_insert", (self.root / "out/sql/modules_wombats.h").read_text())
        self.assertEqual([line for line in self.run_script("check", *CHECKS).stdout.splitlines() if "wombat" in line], [])

    def test_both_forms_of_an_uneven_word_are_taken(self):
        self.assertIn("src/modules/wolves/wolves.h", self.made("new-module", "wolves", "wolf"))
        self.assertIn("wolf_create", (self.root / "src/modules/wolves/wolves.h").read_text())

    def test_what_exists_is_left_alone(self):
        before = (self.root / "src/modules/tickets/tickets.h").read_text()
        for arguments in (("tickets",), ("desks", "ticket"), ("Wombats",), ("../x",), ("ints",), ()):
            self.assertNotEqual(self.run_script("new-module", *arguments).returncode, 0, arguments)
        self.assertEqual((self.root / "src/modules/tickets/tickets.h").read_text(), before)
        self.assertFalse((self.root / "src/modules/desks").exists())


class Migrations(Copy):
    def test_a_new_migration_comes_after_all_others(self):
        first = pathlib.Path(self.made("new-migration", "tickets", "zebras")[0])
        second = pathlib.Path(self.made("new-migration", "platform/http", "apes")[0])
        self.assertRegex(first.name, r"^\d{8}[a-z]?_zebras\.sql$")
        self.assertEqual(second.parent.as_posix(), "src/platform/http/migrations")
        names = sorted(path.name for path in self.root.glob("src/**/migrations/*.sql"))
        self.assertEqual(names[-2:], [first.name, second.name])

    def test_it_has_to_change_something(self):
        path = self.made("new-migration", "tickets", "zebras")[0]
        self.assertIn(f"{path}:1: changes nothing", self.run_script("check", "migrations").stdout)
        (self.root / path).write_text("CREATE TABLE zebra (id {id}) {strict};\n")
        self.assertEqual(self.run_script("check", "migrations").returncode, 0)
        self.made("generate", "--out", "out")

    def test_the_module_has_to_be_there(self):
        for arguments in (("nowhere", "x"), ("tickets", "X y"), ("../script", "x"), ("tickets",)):
            self.assertNotEqual(self.run_script("new-migration", *arguments).returncode, 0, arguments)


if __name__ == "__main__":
    unittest.main()
