"""What a stranger may send to a route, made from its description: bodies and parameters that have to be refused, and texts that
are only odd."""
import copy
import json

SQL = "'; DROP TABLE ticket; -- \" OR 1=1 %s ?1 $1 :id \\'"
HTML = "<script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}${7*7}&amp;<![CDATA["
ODD = [SQL, HTML, "../../etc/passwd", "a" * 70000, "\u202egnp.exe", "\ufeff", "\U0001F600" * 50, "%00%0a", "a\r\nBcc: x@example.org",
       "=1+1", "-", " ", "0", "null"]
HUGE_NUMBERS = ["1e999", "-1e999", "1" + "0" * 400, "99999999999999999999", "1e400000"]

SAMPLES = {"email": "odd@example.org", "date-time": "2026-11-23T08:15:00Z", "key": "support", "uri": "https://example.org/"}
WRONG = {"string": [1, 1.5, True, [], {}], "integer": ["1", 1.5, True, [], {}], "number": ["1", True, [], {}],
         "boolean": ["true", 1, [], {}], "array": ["x", 1, {}, True], "object": ["x", 1, [], True]}


class Body:
    """A request body by its schema."""

    def __init__(self, description, schema):
        self.description, self.schema = description, description.resolve(schema)

    def kinds(self, schema):
        kinds = schema.get("type", [])
        return [kinds] if isinstance(kinds, str) else kinds

    def sample(self, schema):
        schema = self.description.resolve(schema)
        if "enum" in schema:
            return schema["enum"][0]
        kind = next((k for k in self.kinds(schema) if k != "null"), "string")
        if kind == "object":
            return {name: self.sample(inner) for name, inner in schema.get("properties", {}).items() if name in schema.get("required", [])}
        return {"integer": max(1, schema.get("minimum", 1)), "number": 1.5, "boolean": True, "array": []}.get(
            kind, SAMPLES.get(schema.get("format"), "x" * max(1, schema.get("minLength", 1))))

    def fields(self, schema=None, path=()):
        """(path, schema, is required) of everything that can be named, in objects within and in the first entry of lists."""
        schema = self.description.resolve(schema or self.schema)
        for name, inner in schema.get("properties", {}).items():
            inner = self.description.resolve(inner)
            yield (*path, name), inner, name in schema.get("required", [])
            if "properties" in inner:
                yield from self.fields(inner, (*path, name))
            elif "items" in inner:
                item = self.description.resolve(inner["items"])
                yield (*path, name, 0), item, False
                if "properties" in item:
                    yield from self.fields(item, (*path, name, 0))

    def with_value(self, path, value):
        body = self.sample(self.schema)
        at, schema = body, self.schema
        for step, following in zip(path, path[1:]):
            if isinstance(step, int):
                schema = self.description.resolve(schema["items"])
            else:
                schema = self.description.resolve(schema["properties"][step])
                at[step] = at.get(step) or self.sample(schema)
                if following == 0 and isinstance(at[step], list) and not at[step]:
                    at[step].append(self.sample(schema["items"]))
            at = at[step]
        at[path[-1]] = value
        return body

    def without(self, path):
        body = self.with_value(path, "x")
        at = body
        for step in path[:-1]:
            at = at[step]
        del at[path[-1]]
        return body

    def refused(self):
        """(why, body as bytes, the field that the answer must name or None)."""
        yield from self.broken()
        for path, schema, required in self.fields():
            name = ".".join(map(str, path))
            for kind in [k for k in self.kinds(schema) if k in WRONG][:1]:
                for value in WRONG[kind]:
                    if not self.may_be(schema, value):
                        yield f"wrong type {value!r}", dump(self.with_value(path, value)), name
            if "null" not in self.kinds(schema):
                yield "null", dump(self.with_value(path, None)), name
            if required:
                yield "missing", dump(self.without(path)), name
            marked = dump(self.with_value(path, "@@")).decode()
            for number in HUGE_NUMBERS:
                yield f"number {number[:12]}", marked.replace('"@@"', number).encode(), name
            yield "NUL", marked.replace("@@", "a\\u0000b").encode(), name
            yield "a raw NUL", marked.replace("@@", "a\0b").encode(), name
            yield "control character", marked.replace("@@", "a\\u0001b").encode(), name
            yield "half a pair", marked.replace("@@", "\\ud800").encode(), name
            yield "invalid UTF-8", marked.encode().replace(b"@@", b"a\xff\xc3(b"), name
            yield "UTF-8 too long", marked.encode().replace(b"@@", b"\xc0\xaf"), name
            yield "deep", marked.replace('"@@"', "[" * 5000 + "]" * 5000).encode(), None
            if schema.get("enum") or schema.get("format") == "email":
                yield "no such word", dump(self.with_value(path, SQL)), name
        yield "unknown field", dump({**self.sample(self.schema), "no_such_field": 1}), "no_such_field"

    def may_be(self, schema, value):
        kinds = self.kinds(schema)
        if schema.get("format") == "key" and isinstance(value, int):
            return True
        names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
        return names[type(value)] in kinds or ("number" in kinds and type(value) is int)

    def broken(self):
        good = dump(self.sample(self.schema))
        name = next(iter(self.schema.get("properties", {"x": 0})))
        for why, raw in [("empty", b""), ("a list", b"[]"), ("a text", b'"x"'), ("null", b"null"), ("cut off", good[:-1] + b","),
                         ("something behind", good + b"}"), ("two values", good + good), ("no JSON", b"subject=x"), ("NaN", b'{"%s": NaN}' % name.encode()),
                         ("single quotes", b"{'%s': 1}" % name.encode()), ("a comment", b"/* */" + good), ("a comma", b'{"%s": 1,}' % name.encode()),
                         ("UTF-16", good.decode().encode("utf-16")), ("BOM", b"\xef\xbb\xbf" + good), ("deep lists", b"[" * 100000),
                         ("deep objects", b'{"a":' * 50000), ("twice", b'{"%s": 1, "%s": 2}' % (name.encode(), name.encode())),
                         ("only spaces", b" " * 5000), ("zero bytes", b"\0" * 100)]:
            yield why, raw, None

    def odd(self):
        """Bodies that may be taken or refused, as long as the answer is one of these."""
        for path, schema, _ in self.fields():
            if "string" in self.kinds(schema):
                for value in ODD:
                    yield f"{value[:20]!r}", dump(self.with_value(path, value)), ".".join(map(str, path))
            if "integer" in self.kinds(schema):
                for value in (0, -1, 2**31, 2**63 - 1, -(2**63)):
                    yield str(value), dump(self.with_value(path, value)), ".".join(map(str, path))
            if "array" in self.kinds(schema):
                many = [self.sample(schema["items"])] * 5000
                yield "5000 entries", dump(self.with_value(path, many)), ".".join(map(str, path))


def dump(value):
    return json.dumps(value, ensure_ascii=False).encode()


def parameters(description, operation):
    """(name, raw value, must it be refused) for the query of a route."""
    for given in operation.get("parameters", []):
        parameter = description.resolve(given)
        if parameter["in"] != "query":
            continue
        name, schema = parameter["name"], description.resolve(parameter["schema"])
        for raw in ("%ff", "%c3%28", "%00", "%", "%zz", "%C0%AF"):
            yield name, raw, True
        if "integer" in Body(description, schema).kinds(schema):
            for raw in ("abc", "1.5", "1e999", "99999999999999999999", "0x10", "", "%20", "1%0a", "-" * 50, "1;DROP"):
                yield name, raw, True
        if "enum" in schema:
            yield name, "nonsense", True
        for raw in ("%27%3B%20DROP%20TABLE%20ticket%3B--", "%3Cscript%3E", "a" * 3000, "-1", "0", "%0d%0aX:%20y", "(((((((((", "%22", "%F0%9F%98%80",
                    "null", "9223372036854775807", "-9223372036854775808"):
            yield name, raw, False
