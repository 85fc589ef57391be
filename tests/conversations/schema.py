"""Holds answers against the API's description: every answer that a conversation hears is checked."""
import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


class Description:
    def __init__(self, document):
        self.document = document
        self.paths = [(re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", path) + "$"), item) for path, item in document["paths"].items()]

    def resolve(self, schema):
        while "$ref" in schema:
            target = self.document
            for part in schema["$ref"].lstrip("#/").split("/"):
                target = target[part]
            schema = target
        return self.joined(schema) if "allOf" in schema else schema

    def joined(self, schema):
        parts = [self.resolve(part) for part in schema["allOf"]]
        return {"type": "object", "required": [name for part in parts for name in part.get("required", [])],
                "properties": {name: inner for part in parts for name, inner in part["properties"].items()}}

    def check(self, method, path, status, headers, value):
        """The first thing in an answer that the description does not say, or None."""
        for pattern, item in self.paths:
            operation = item.get(method.lower())
            if operation and pattern.match(path):
                described = operation["responses"].get(str(status))
                if described is None:
                    return f"{method} {path}: status {status} is not described" if status < 400 else None
                schema = described.get("content", {}).get("application/json", {}).get("schema")
                return self.fault(schema, value, method + " " + path) if schema else None
        return None

    def fault(self, schema, value, place):
        schema = self.resolve(schema)
        if "oneOf" in schema:
            faults = [self.fault(part, value, place) for part in schema["oneOf"]]
            return None if None in faults else faults[0]
        types = schema.get("type")
        types = [types] if isinstance(types, str) else types or []
        if types and not any(self.is_type(value, t) for t in types):
            return f"{place}: {value!r:.60} is no {' or '.join(types)}"
        if "enum" in schema and value not in schema["enum"]:
            return f"{place}: {value!r} is not among {schema['enum']}"
        if isinstance(value, dict) and "properties" in schema:
            return self.object_fault(schema, value, place)
        if isinstance(value, dict) and "additionalProperties" in schema:
            return next((f for k, v in value.items() if (f := self.fault(schema["additionalProperties"], v, f"{place}.{k}"))), None)
        if isinstance(value, list) and "items" in schema:
            return next((f for i, v in enumerate(value) if (f := self.fault(schema["items"], v, f"{place}[{i}]"))), None)
        return None

    def object_fault(self, schema, value, place):
        for name in schema.get("required", []):
            if name not in value:
                return f"{place}: {name} is missing"
        for name, inner in value.items():
            if name not in schema["properties"]:
                return f"{place}: {name} is not described"
            fault = self.fault(schema["properties"][name], inner, f"{place}.{name}")
            if fault:
                return fault
        return None

    @staticmethod
    def is_type(value, name):
        if name == "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        if name == "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        return isinstance(value, TYPES[name])
