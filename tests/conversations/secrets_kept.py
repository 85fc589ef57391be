"""What must never stand in a log: every password, token, code and cookie that a conversation has sent or heard."""
import json
import re

NAMES = re.compile(r"password|secret|token|code|recovery|refresh|uri", re.IGNORECASE)
SHORTEST = 6     # shorter ones stand anywhere by chance


class Secrets:
    def __init__(self):
        self.known = set()

    def add(self, value):
        if isinstance(value, str) and len(value.strip()) >= SHORTEST:
            self.known.add(value.strip())

    def learn(self, value, secret=False):
        """Texts under a name that tells of a secret, anywhere in what was sent or answered."""
        if isinstance(value, dict):
            for name, inner in value.items():
                if name not in ("token_url", "errors", "code") or (name == "code" and "title" not in value):
                    self.learn(inner, bool(NAMES.search(name)))
        elif isinstance(value, list):
            for inner in value:
                self.learn(inner, secret)
        elif secret:
            self.add(value)

    def overhear(self, sent, answer):
        for body in (sent, answer.body):
            try:
                self.learn(json.loads(body))
            except (TypeError, ValueError, RecursionError):
                pass
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self.add(cookie.split(";")[0].partition("=")[2])

    def found_in(self, log):
        return sorted(secret for secret in self.known if secret in log)
