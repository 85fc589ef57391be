"""Named statements: src/**/*.sql -> one typed function each.

    -- name: ticket_queue                 the function is sql_ticket_queue
    -- name: ticket_queue (postgresql)    the other database's text, where it differs
    -- one                                at most one row
    -- plan: ticket_by_team               the index that SQLite's plan must use; 'ticket_by_team in order': and sort nothing
    -- int: position, size                types of columns and parameters whose name does not tell them;
                                          also bool:, real:, blob:, json:, time:, text:, or ticket_id: and the like
Types by name: id -> number; ticket_id, assignee_id, ... -> their id type; *_at -> time; is_*, has_* -> bool; text else.
Columns are learned by preparing the statement on an empty database with all migrations.
"""
import re
import sqlite3

from .migrations import in_python
from .output import Problem, c_string, folder_name

ID_KINDS = {kind: f"{kind}_id" for kind in
            "ticket message person company staff team mailbox attachment state".split()}
ID_KINDS |= {"assignee": "staff_id", "owner": "staff_id", "author_staff": "staff_id", "requester": "person_id",
             "author_person": "person_id"}
C_TYPES = {"int": "int64_t", "time": "int64_t", "bool": "bool", "real": "double", "text": "struct text",
           "blob": "struct text", "json": "struct text", "id": "int64_t"}
ENUM = {"int": "SQL_INT", "time": "SQL_TIME", "bool": "SQL_BOOL", "real": "SQL_REAL", "text": "SQL_TEXT",
        "blob": "SQL_BLOB", "json": "SQL_JSON"}
TEXT_NAMES = {"header_id", "content_id"}  # ids of RFC 5322 and MIME are words
INT_NAMES = {"count", "version", "limit", "offset", "number", "position", "size", "after", "attempts", "priority",
             "category", "changed"}


class Statement:
    def __init__(self, name, path):
        self.name, self.path = name, path
        self.one = False
        self.plan = None
        self.types = {}
        self.comment = []
        self.text = {}
        self.params, self.columns = [], []


def directive(statement, line):
    body = line[2:].strip()
    if body == "one":
        statement.one = True
        return
    match = re.match(r"(\w+): (.+)$", body)
    if match and match[1] == "plan":
        statement.plan = match[2]
    elif match and (match[1] in C_TYPES or match[1] in ID_KINDS.values()):
        for name in match[2].split(","):
            statement.types[name.strip()] = match[1]
    else:
        statement.comment.append(body)


def parse(path):
    statements, current, dialect = {}, None, None
    for line in path.read_text().splitlines():
        match = re.match(r"-- name: (\w+)(?: \((postgresql)\))?$", line)
        if match:
            name, dialect = match[1], match[2] or "sqlite"
            if dialect == "postgresql" and name not in statements:
                raise Problem(f"{path}: {name} (postgresql) stands before {name}")
            current = statements.setdefault(name, Statement(name, path))
            if dialect in current.text:
                raise Problem(f"{path}: {name} is there twice")
            current.text[dialect] = ""
        elif current is None:
            if line.strip() and not line.startswith("--"):
                raise Problem(f"{path}: text before the first '-- name:'")
        elif line.startswith("--") and not current.text[dialect]:
            directive(current, line)
        else:
            current.text[dialect] += line + "\n"
    return list(statements.values())


PARAMETER = re.compile(r"'(?:[^']|'')*'|::|:([a-z_][a-z0-9_]*)")


def type_of(statement, name):
    flat = name.replace(".", "_")
    for key in (name, flat):
        if key in statement.types:
            return statement.types[key]
    last = flat.split("_")[-1]
    if flat == "id":
        return "id"
    if flat in TEXT_NAMES:
        return "text"
    if flat.endswith("_id"):
        kind = flat[:-3]
        for known in (kind, kind.split("_")[-1]):
            if known in ID_KINDS:
                return ID_KINDS[known]
        return "id"
    if flat.endswith("_at") or flat == "at":
        return "time"
    if flat.startswith(("is_", "has_")) or ".is_" in name or ".has_" in name:
        return "bool"
    if flat in INT_NAMES or last in ("count", "version", "number"):
        return "int"
    return "text"


def number_parameters(statement, dialect, text):
    mark = "$" if dialect == "postgresql" else "?"

    def replace(match):
        name = match[1]
        if not name:
            return match[0]
        if name not in statement.params:
            statement.params.append(name)
        return f"{mark}{statement.params.index(name) + 1}"

    return PARAMETER.sub(replace, text).strip().rstrip(";")


def learn(statement, database):
    sqlite = number_parameters(statement, "sqlite", statement.text["sqlite"])
    postgresql = number_parameters(statement, "postgresql", statement.text.get("postgresql", statement.text["sqlite"]))
    statement.text = {"sqlite": sqlite, "postgresql": postgresql}
    try:
        database.execute("SAVEPOINT learn")
        nothing = "word" if " MATCH " in sqlite else None  # FTS5 takes no NULL to search for
        values = [0 if type_of(statement, name) in ("int", "bool") else nothing for name in statement.params]
        cursor = database.execute(in_python(sqlite), values)
        statement.columns = [column[0] for column in cursor.description or []]
    except sqlite3.IntegrityError:
        statement.columns = returning(sqlite)
    except sqlite3.Error as error:
        # Functions of our own (ranking) and values that NULL can't stand for; the test on real databases decides.
        if "no such function" in str(error):
            statement.columns = []
        elif "datatype mismatch" in str(error):
            statement.columns = returning(sqlite)
        else:
            raise Problem(f"{statement.path}: {statement.name}: {error}")
    finally:
        try:
            database.execute("ROLLBACK TO learn")
            database.execute("RELEASE learn")
        except sqlite3.Error:
            pass
    if len(set(statement.columns)) != len(statement.columns):
        raise Problem(f"{statement.path}: {statement.name}: two columns have the same name")


def returning(text):
    match = re.search(r"\bRETURNING\b(.+)$", text, re.S | re.I)
    if not match:
        return []
    return [re.split(r"\s+", part.strip())[-1].strip('"') for part in match[1].split(",")]


ONE_KEY = re.compile(r"(INSERT INTO (\w+)(?:(?!\bON CONFLICT\b|\bSELECT\b).)*?)\s+RETURNING id(?: AS \w+)?$", re.S)


def give_key(statement, database):
    """One new row whose key alone is asked for: SQLite says it without RETURNING, which builds a table for its answer each time."""
    match = ONE_KEY.match(statement.text["sqlite"])
    keys = [row[1:3] for row in database.execute(f"PRAGMA table_info({match[2]})") if row[5]] if match else []
    statement.gives_key = keys == [("id", "INTEGER")]
    if statement.gives_key:
        statement.text["sqlite"] = match[1]


def is_write(statement):
    return not re.match(r"\s*(SELECT|WITH\b(?!.*\b(INSERT|UPDATE|DELETE)\b))", statement.text["sqlite"], re.I | re.S)


def fields(statement, names, struct):
    rows = []
    for name in names:
        kind = type_of(statement, name)
        enum = ENUM.get(kind, "SQL_ID")
        rows.append(f'{{"{name}", {enum}, offsetof(struct {struct}, {name.replace(".", "_")})}}')
    return ", ".join(rows)


def struct(statement, names, name):
    lines = []
    for column in names:
        kind = type_of(statement, column)
        c_type = C_TYPES.get(kind, kind)
        lines.append(f"    {c_type} {column.replace('.', '_')};")
    return [f"struct {name} {{", *lines, "};"]


def header(folder, statements):
    lines = [f"#ifndef GENERATED_SQL_{folder.upper()}_H", f"#define GENERATED_SQL_{folder.upper()}_H", "",
             '#include "platform/store/store.h"', ""]
    for s in statements:
        name = f"sql_{s.name}"
        takes = f"const struct {name} *in, " if s.params else ""
        given = "in" if s.params else "NULL"
        lines += [f"/* {' '.join(s.comment) or s.name} */"] if s.comment else []
        lines.append(f"extern const struct statement statement_{s.name};")
        if s.params:
            lines += struct(s, s.params, name)
        if not s.columns:
            lines += [f"static inline MUST_USE bool {name}(struct tx *tx, {takes}int64_t *ret_changed, struct error *err) {{",
                      f"    return statement_execute(tx, &statement_{s.name}, {given}, ret_changed, err);", "}", ""]
            continue
        lines += struct(s, s.columns, f"{name}_row")
        if s.one:
            lines += [f"static inline MUST_USE bool {name}(struct tx *tx, struct arena *mem, {takes}const struct {name}_row **ret_row, struct error *err) {{",
                      "    const void *row = NULL;",
                      f"    if (!statement_one(tx, mem, &statement_{s.name}, {given}, &row, err)) return false;",
                      "    *ret_row = row;", "    return true;", "}"]
        else:
            lines += [f"struct {name}_rows {{", "    size_t count;", f"    struct {name}_row *at;", "};",
                      f"static inline MUST_USE bool {name}(struct tx *tx, struct arena *mem, {takes}struct {name}_rows *ret_rows, struct error *err) {{",
                      "    struct sql_rows rows;",
                      f"    if (!statement_rows(tx, mem, &statement_{s.name}, {given}, &rows, err)) return false;",
                      f"    *ret_rows = (struct {name}_rows){{rows.count, rows.at}};", "    return true;", "}"]
        lines += [f"static inline MUST_USE bool {name}_json(struct tx *tx, {takes}struct json_writer *out, int64_t *ret_count, struct error *err) {{",
                  f"    return statement_json(tx, &statement_{s.name}, {given}, out, ret_count, err);", "}", ""]
    return "\n".join([*lines, "#endif", ""])


def definition(s, index):
    name = f"sql_{s.name}"
    lines = []
    if s.params:
        lines.append(f"static const struct sql_field {name}_params[] = {{{fields(s, s.params, name)}}};")
    if s.columns:
        lines.append(f"static const struct sql_field {name}_columns[] = {{{fields(s, s.columns, name + '_row')}}};")
    size = f"sizeof(struct {name}_row)" if s.columns else "0"
    lines += [f"const struct statement statement_{s.name} = {{", f'    .name = "{s.name}", .index = {index}, .row_size = {size},',
              f"    .params = {name + '_params' if s.params else 'NULL'}, .param_count = {len(s.params)},",
              f"    .columns = {name + '_columns' if s.columns else 'NULL'}, .column_count = {len(s.columns)},",
              f"    .write = {'true' if is_write(s) else 'false'}, .gives_key = {'true' if s.gives_key else 'false'},",
              f"    .plan = {c_string(s.plan) if s.plan else 'NULL'},",
              f"    .text = {{{c_string(s.text['sqlite'])},", f"    {c_string(s.text['postgresql'])}}}}};", ""]
    return lines


def generate(root, out, database):
    folders, seen = {}, {}
    database.create_function("search_rank", -1, lambda *_: 0.0)  # the program brings its own
    for path in sorted(root.glob("src/**/*.sql")):
        if path.parent.name == "migrations":
            continue
        for statement in parse(path):
            if statement.name in seen:
                raise Problem(f"{path}: {statement.name} is also in {seen[statement.name]}")
            seen[statement.name] = path
            learn(statement, database)
            give_key(statement, database)
            folders.setdefault(folder_name(root, path), []).append(statement)
    lines = []
    for folder, statements in folders.items():
        out.write(f"sql/{folder}.h", header(folder, statements))
        lines.append(f'#include "sql/{folder}.h"')
    lines.append('#include "platform/store/store.h"\n')
    every = [s for statements in folders.values() for s in statements]
    for index, statement in enumerate(every):
        lines += definition(statement, index)
    lines += ["const struct statement *const all_statements[] = {", *(f"    &statement_{s.name}," for s in every), "    NULL,", "};",
              f"const int all_statement_count = {len(every)};", ""]
    out.write("statements.c", "\n".join(lines))
