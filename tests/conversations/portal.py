"""A stranger at the pages for everybody: reads a topic's form, fills it in and sends it, as a browser without script does."""
import html
import http.client
import re
import time

from desk import Answer, expect

QUICK = 2.1  # seconds; whoever sends sooner is taken for a program


class Page:
    def __init__(self, answer, path):
        self.answer, self.status, self.headers, self.path = answer, answer.status, answer.headers, path
        self.text = answer.body.decode()

    @property
    def stamp(self):
        return self.value("stamp")

    def value(self, name):
        found = re.search(rf'name="{re.escape(name)}"[^>]*? value="([^"]*)"', self.text)
        return found and html.unescape(found[1])

    @property
    def names(self):
        """What is asked for, in its order; with ! where it is needed."""
        inner = self.text.partition('id="asked"')[2].partition('name="subject"')[0]
        found = re.findall(r'<(?:input|select|textarea)([^>]*?) name="field\.(\w+)"([^>]*)', inner)
        return list(dict.fromkeys(name + ("!" if " required" in before + after else "") for before, name, after in found))

    @property
    def wrong(self):
        return re.findall(r'<span class="err" id="([\w-]+?)-wrong">', self.text)


def ask(desk, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=30)
    connection.request(method, path, body, {"Accept-Language": "en", **(headers or {})})
    response = connection.getresponse()
    answer = Answer(response, response.read())
    connection.close()
    return Page(answer, path)


def look(desk, topic="delivery", **more):
    page = ask(desk, "GET", f"/request/{topic}" if topic else "/request", **more)
    page.read_at = time.monotonic()
    return page


def form_of(parts, boundary="----b0undary"):
    out = b""
    for name, value in parts:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, tuple):
            head, value = f'{head}; filename="{value[0]}"\r\nContent-Type: application/octet-stream', value[1]
        out += head.encode() + b"\r\n\r\n" + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
    return out + f"--{boundary}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def send(desk, page, to="", headers=None, quickly=False, query="", **values):
    """field__KEY fills in a field of the house; a list is several parts of one name."""
    said = {"name": "Ana Kovács", "email": "ana@example.org", "subject": "Where is it?", "text": "It has not come.", "stamp": page.stamp or "", **values}
    parts = [(name.replace("field__", "field."), each) for name, value in said.items() for each in (value if isinstance(value, list) else [value])]
    body, kind = form_of(parts)
    if not quickly:
        time.sleep(max(0, page.read_at + QUICK - time.monotonic()))
    return ask(desk, "POST", page.path.partition("?")[0] + to + query, body, {**kind, **(headers or {})})


def sent(desk, page, **values):
    """The page that it leads to."""
    answer = send(desk, page, **values)
    expect(answer.status, 303, answer.text)
    return ask(desk, "GET", answer.headers["Location"])
