"""The generator reads named statements."""
import pathlib
import sqlite3
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from generator import migrations, sql, words
from generator.output import Output, Problem


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        self.out = Output(self.root / "out")

    def tearDown(self):
        self.folder.cleanup()

    def file(self, name, text):
        path = self.root / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def generate(self, statements):
        self.file("desk/migrations/1_desk.sql", "CREATE TABLE desk (id {id}, name TEXT NOT NULL, team_id {int}, opened_at {int}) {strict};\n")
        self.file("desk/desk.sql", statements)
        sql.generate(self.root, self.out, migrations.generate(self.root, self.out))
        return (self.root / "out/sql/desk.h").read_text(), (self.root / "out/statements.c").read_text()


class Statements(Case):
    def test_names_tell_the_types(self):
        header, _ = self.generate("-- name: desk_find\n-- one\nSELECT id, name, team_id, opened_at FROM desk WHERE id = :id;\n")
        for line in ("int64_t id;", "struct text name;", "team_id team_id;", "int64_t opened_at;"):
            self.assertIn(line, header)
        self.assertIn("const struct sql_desk_find_row **ret_row", header)

    def test_a_parameter_is_numbered_once_for_each_database(self):
        _, source = self.generate("-- name: desk_like\nSELECT id FROM desk WHERE name = :name OR (name = ':x' AND name <> :name);\n")
        self.assertIn("name = ?1 OR (name = ':x' AND name <> ?1)", source)
        self.assertIn("name = $1 OR (name = ':x' AND name <> $1)", source)

    def test_the_other_database_may_have_its_own_text(self):
        _, source = self.generate("-- name: desk_lock\nSELECT id FROM desk;\n\n-- name: desk_lock (postgresql)\nSELECT id FROM desk FOR UPDATE;\n")
        self.assertIn("FOR UPDATE", source)

    def test_a_wrong_column_fails_the_build(self):
        with self.assertRaises(Problem):
            self.generate("-- name: desk_bad\nSELECT colour FROM desk;\n")

    def test_a_name_stands_for_one_statement(self):
        with self.assertRaises(Problem):
            self.generate("-- name: desk_all\nSELECT id FROM desk;\n-- name: desk_all\nSELECT id FROM desk;\n")

    def test_writes_are_known(self):
        _, source = self.generate("-- name: desk_add\nINSERT INTO desk (name) VALUES (:name);\n")
        self.assertIn(".write = true", source)


class Words(Case):
    def test_every_language_is_needed(self):
        self.file("words.yaml", "hello: {de: Hallo, en: Hello}\n")
        with self.assertRaises(Problem):
            words.generate(self.root, self.out)


class Migrations(Case):
    def test_types_follow_the_database(self):
        self.file("a/migrations/1_a.sql", "CREATE TABLE a (id {id}, n {int}) {strict};\n-- only: postgresql\nCREATE TABLE b (n {int});\n-- end\n")
        migrations.generate(self.root, self.out)
        text = (self.root / "out/migrations.c").read_text()
        self.assertIn("AUTOINCREMENT, n INTEGER) STRICT", text)
        self.assertIn("CREATE TABLE b (n BIGINT)", text)
        self.assertNotIn("CREATE TABLE b (n INTEGER)", text)


if __name__ == "__main__":
    unittest.main()
