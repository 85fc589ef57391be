"""API descriptions: src/**/*.api.yaml (OpenAPI 3.1 fragments) -> routes, request decoders, permissions, openapi.json.

Of each operation it reads operationId (the handler's name unless x-handler says otherwise) and
    x-permission: public | signed_in | account | a permission such as tickets.reply     (required)
                             account: the caller's own account, closed to tokens that were made for some permissions only
    x-prepare: handler that runs before the write transaction
    x-write: true|false      default: every method but GET
    x-heavy, x-upload, x-body-limit
    x-secret: true           the answer holds a secret: it is kept nowhere, not for an Idempotency-Key either
    x-versioned: true        If-Match is heeded and described; the server refuses it where this is not said
    x-unrepeated: true       Idempotency-Key is ignored: the answer signs somebody in, and that can't be given again
Request bodies and query parameters become structs that the decoder of base/json.h fills.
"""
import json

import yaml

from .output import Problem, c_string, folder_name, snake

SCALARS = {"string": ("JSON_FIELD_TEXT", "struct text"), "integer": ("JSON_FIELD_INT", "int64_t"),
           "number": ("JSON_FIELD_REAL", "double"), "boolean": ("JSON_FIELD_BOOL", "bool")}
OPEN_TO = {"public": ["ROUTE_PUBLIC"], "signed_in": ["ROUTE_SIGNED_IN"], "account": ["ROUTE_SIGNED_IN", "ROUTE_ACCOUNT"]}
METHODS = ("get", "post", "put", "patch", "delete")
RULES = ("A change may be meant for one version of a thing: If-Match with the 'version' that was read. Operations that list this header heed "
         "it and answer 412 when the thing has changed since; every other one that writes refuses it with 400 and the code "
         "precondition_unsupported, so that no condition is overlooked. The same code refuses If-None-Match on all that writes. "
         "A request with X-Theke-Staff is meant for the account of that id: when another one is signed in it is refused with 401 and the code "
         "other_account.")
IF_MATCH = {"name": "If-Match", "in": "header", "schema": {"type": "string"},
            "description": "The version that the change is meant for, in quotes as in \"7\"; several with commas between, or * for any"}
STALE = {"description": "The thing has another version by now; nothing was changed"}
INFO = {"openapi": "3.1.0", "info": {"title": "Theke", "version": "1", "description": RULES, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}}


class Shapes:
    """Structs and decoder tables of one description, each made once, inner ones first; what has a name belongs to the folder that describes it."""

    def __init__(self, document, homes):
        self.document, self.homes, self.made, self.tables = document, homes, {}, []

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            target = self.document
            for part in node["$ref"].lstrip("#/").split("/"):
                if part not in target:
                    raise Problem(f"{node['$ref']} does not exist")
                target = target[part]
            node = target
        return node

    def name_of(self, schema, fallback):
        return snake(schema["$ref"].split("/")[-1]) if "$ref" in schema else fallback

    def field(self, name, schema, required, owner, folder):
        plain = self.resolve(schema)
        types = plain.get("type", "object")
        nullable = isinstance(types, list) and "null" in types
        kind = next((t for t in types if t != "null"), "object") if isinstance(types, list) else types
        shape, words = None, None
        if kind == "array":
            items = self.resolve(plain["items"])
            if items.get("type") == "object":
                shape = self.struct(self.name_of(plain["items"], f"{owner}_{snake(name)}"), plain["items"], folder)
                enum = "JSON_FIELD_OBJECTS"
            else:
                enum = "JSON_FIELD_INTS" if items.get("type") == "integer" else "JSON_FIELD_TEXTS"
            c_type = "struct json_list"
        elif kind == "object" and plain.get("properties"):
            shape = self.struct(self.name_of(schema, f"{owner}_{snake(name)}"), schema, folder)
            enum, c_type = "JSON_FIELD_OBJECT", f"struct {shape} *"
        elif kind == "object":
            enum, c_type = "JSON_FIELD_RAW", "struct text"
        else:
            enum, c_type = SCALARS[kind]
            if plain.get("format") == "date-time":
                enum, c_type = "JSON_FIELD_TIME", "int64_t"
        if "enum" in plain:
            words = [w for w in plain["enum"] if w is not None]
        low = next((plain[k] for k in ("minLength", "minItems", "minimum") if k in plain), 0)
        high = next((plain[k] for k in ("maxLength", "maxItems", "maximum") if k in plain), 0)
        if "minimum" in plain and "maximum" not in plain:
            high = 2**63 - 1
        member = snake(name)
        if member in ("default", "register", "case", "static"):
            raise Problem(f"{owner}.{name}: a word of C can't be a field")
        return {"name": name, "member": member, "enum": enum, "c_type": c_type, "required": required, "nullable": nullable,
                "lines": bool(plain.get("x-many-lines")), "low": int(low), "high": int(high), "words": words,
                "format": plain.get("format"), "shape": shape}

    def struct(self, name, schema, folder):
        if name in self.made:
            return name
        plain, folder = self.resolve(schema), self.homes.get(name, folder)
        self.made[name] = None
        needed = plain.get("required", [])
        members = [self.field(key, value, key in needed, name, folder) for key, value in plain.get("properties", {}).items()
                   if not self.resolve(value).get("readOnly")]
        self.emit(name, members, folder)
        return name

    def emit(self, name, members, folder):
        lines = [f"struct {name} {{"]
        for m in members:
            space = "" if m["c_type"].endswith("*") else " "
            lines.append(f"    {m['c_type']}{space}{m['member']};")
        lines += [f"    bool has_{m['member']};" for m in members] or ["    char nothing;"]
        lines += ["};", f"extern const struct json_shape shape_{name};"]
        self.made[name] = (folder, lines)
        for m in members:
            if m["words"]:
                listed = ", ".join(c_string(str(w)) for w in m["words"])
                self.tables.append(f"static const char *const words_{name}_{m['member']}[] = {{{listed}, NULL}};")
        rows = []
        for m in members:
            words = f"words_{name}_{m['member']}" if m["words"] else "NULL"
            shape = f"&shape_{m['shape']}" if m["shape"] else "NULL"
            rows.append(f"    {{{c_string(m['name'])}, {m['enum']}, offsetof(struct {name}, {m['member']}), offsetof(struct {name}, has_{m['member']}), "
                        f"{str(m['required']).lower()}, {str(m['nullable']).lower()}, {str(m['lines']).lower()}, {m['low']}, {m['high']}, "
                        f"{words}, {c_string(m['format']) if m['format'] else 'NULL'}, {shape}}},")
        if rows:
            self.tables += [f"static const struct json_field fields_{name}[] = {{", *rows, "};"]
        self.tables.append(f"const struct json_shape shape_{name} = {{{'fields_' + name if rows else 'NULL'}, {len(rows)}, sizeof(struct {name})}};")


def load(root):
    document = dict(INFO, paths={}, components={"schemas": {}, "parameters": {}, "responses": {}})
    operations, homes = [], {}
    for path in sorted(root.glob("src/**/*.api.yaml")):
        try:
            part = yaml.safe_load(path.read_text()) or {}
        except yaml.YAMLError as error:
            raise Problem(f"{path}: {error}")
        folder = folder_name(root, path)
        for url, item in part.get("paths", {}).items():
            known = document["paths"].setdefault(url, {})
            for key, value in item.items():
                if key in known and key in METHODS:
                    raise Problem(f"{path}: {key} {url} is described twice")
                known[key] = value
                if key in METHODS:
                    describe_version(value)
                    operations.append((url, key, value, folder, path, item.get("parameters", [])))
        for group, entries in part.get("components", {}).items():
            for key, value in entries.items():
                if key in document["components"].setdefault(group, {}):
                    raise Problem(f"{path}: components.{group}.{key} is described twice")
                document["components"][group][key] = value
                homes[snake(key)] = folder
    return document, operations, homes


def describe_version(operation):
    if operation.get("x-versioned"):
        operation["parameters"] = [*operation.get("parameters", []), IF_MATCH]
        operation["responses"]["412"] = STALE


def flags_of(operation, method):
    permission = operation["x-permission"]
    flags = []
    if operation.get("x-write", method != "get"):
        flags.append("ROUTE_WRITE")
    flags += OPEN_TO.get(permission, [])
    flags += ["ROUTE_HEAVY"] if operation.get("x-heavy") else []
    flags += ["ROUTE_SECRET"] if operation.get("x-secret") else []
    flags += ["ROUTE_UNREPEATED"] if operation.get("x-unrepeated") else []
    flags += ["ROUTE_VERSIONED"] if operation.get("x-versioned") else []
    flags += ["ROUTE_UPLOAD"] if operation.get("x-upload") else []
    flags += ["ROUTE_ALONE"] if operation.get("x-alone") else []
    return " | ".join(flags) or "0"


def permission_enum(name):
    return "CAN_" + snake(name).upper()


def generate(root, out):
    document, operations, homes = load(root)
    shapes = Shapes(document, homes)
    headers, routes, permissions = {}, [], set()
    for url, method, operation, folder, path, shared in operations:
        name = snake(operation.get("operationId") or "")
        if not name or "x-permission" not in operation:
            raise Problem(f"{path}: {method} {url} lacks operationId or x-permission")
        handler = operation.get("x-handler", name)
        prototypes = headers.setdefault(folder, [])
        prototypes += [h for h in (handler, operation.get("x-prepare")) if h and h not in prototypes]
        content = shapes.resolve(operation.get("requestBody", {})).get("content", {}).get("application/json")
        body = query = None
        if content:
            body = shapes.struct(shapes.name_of(content["schema"], f"{name}_body"), content["schema"], folder)
        parameters = [shapes.resolve(p) for p in [*shared, *operation.get("parameters", [])]]
        asked = [p for p in parameters if p["in"] == "query"]
        if asked:
            query = f"{name}_query"
            shapes.emit(query, [shapes.field(p["name"], p["schema"], p.get("required", False), query, folder) for p in asked], folder)
        permission = operation["x-permission"]
        if permission not in OPEN_TO:
            permissions.add(permission)
        routes.append((url, method.upper(), name, permission_enum(permission) if permission in permissions else "CAN_NOTHING",
                       flags_of(operation, method), operation.get("x-prepare"), handler, query, body, operation.get("x-body-limit", 0)))
    extra = root / "src/platform/access/access.list"
    if extra.exists():
        permissions |= {line.split("#")[0].strip() for line in extra.read_text().splitlines()} - {""}
    write_headers(out, shapes, headers)
    write_permissions(out, sorted(permissions))
    write_routes(out, headers, sorted(routes))
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    out.write("openapi.json", text + "\n")
    chunks = [text[i:i + 4000] for i in range(0, len(text), 4000)]
    out.write("openapi.c", "\n".join(['#include "platform/http/openapi.h"', "", "const char openapi_document[] =",
                                      *(f"    {c_string(chunk)}" for chunk in chunks), "    ;", ""]))


def write_headers(out, shapes, headers):
    folders = set(headers) | {made[0] for made in shapes.made.values()}
    for folder in sorted(folders):
        guard = f"GENERATED_API_{folder.upper()}_H"
        lines = [f"#ifndef {guard}", f"#define {guard}", "", '#include "platform/http/http.h"', ""]
        for made_folder, struct in shapes.made.values():
            if made_folder == folder:
                lines += [*struct, ""]
        lines += [f"route_handler {handler};" for handler in headers.get(folder, [])]
        out.write(f"api/{folder}.h", "\n".join([*lines, "", "#endif", ""]))
    includes = [f'#include "api/{folder}.h"' for folder in sorted(folders)]
    out.write("shapes.c", "\n".join([*includes, '#include "base/json.h"', "", *shapes.tables, ""]))


def write_permissions(out, permissions):
    names = [permission_enum(p) for p in permissions]
    out.write("permissions.h", "\n".join(["#ifndef GENERATED_PERMISSIONS_H", "#define GENERATED_PERMISSIONS_H", "",
                                          "enum permission {", "    CAN_NOTHING,", *(f"    {n}," for n in names), "    PERMISSION_COUNT", "};", "",
                                          "extern const char *const permission_names[];", "", "#endif", ""]))
    out.write("permissions.c", "\n".join(['#include <stddef.h>', '#include "permissions.h"', "", "const char *const permission_names[] = {",
                                          '    "nothing",', *(f'    "{p}",' for p in permissions), "    NULL,", "};", ""]))


def write_routes(out, headers, routes):
    rows = []
    for url, method, name, permission, flags, prepare, handler, query, body, limit in routes:
        rows.append(f'    {{"{method}", "{url}", "{name}", {permission}, {flags}, {prepare or "NULL"}, {handler}, '
                    f'{"&shape_" + query if query else "NULL"}, {"&shape_" + body if body else "NULL"}, {limit}}},')
    out.write("routes.c", "\n".join([*(f'#include "api/{folder}.h"' for folder in sorted(headers)), '#include "platform/http/http.h"', "",
                                     "const struct route all_routes[] = {", *rows, "    {0},", "};",
                                     f"const int all_route_count = {len(rows)};", ""]))
