"""An IMAP server whose numbers, faults and slowness a test decides; what a real one never does when it is asked to.

    with ImapServer({1: letter, 2: letter}, validity=5) as server:
        server.validity = 6              # all letters numbered anew
        server.break_at = 2              # the second letter from now on breaks the connection
        server.broken = {2: None}        # whoever fetches it loses the connection; or hears these words instead of the letter
        server.hang = "SEARCH"           # what is not answered before server.go_on.set()
"""
import datetime
import re
import socketserver
import threading


class Conversation(socketserver.StreamRequestHandler):
    def say(self, words):
        self.wfile.write(words if isinstance(words, bytes) else (words + "\r\n").encode())

    def handle(self):
        self.say("* OK [CAPABILITY IMAP4rev1 IDLE] ready")
        for line in self.rfile:
            tag, _, command = line.decode(errors="replace").strip().partition(" ")
            if self.server.owner.hang and self.server.owner.hang in command.upper():
                self.server.owner.hanging.set()
                self.server.owner.go_on.wait()
            if not self.answer(tag, command, command.upper()):
                return

    def answer(self, tag, command, upper):
        owner = self.server.owner
        if upper.startswith("CAPABILITY"):
            self.say("* CAPABILITY IMAP4rev1 IDLE")
        elif upper.startswith("SELECT"):
            self.say(f"* {len(owner.letters)} EXISTS")
            self.say(f"* OK [UIDVALIDITY {owner.validity}] numbers")
            self.say(f"* OK [UIDNEXT {max(owner.letters, default=0) + 1}] next")
        elif upper.startswith("UID SEARCH"):
            self.say("* SEARCH " + " ".join(map(str, self.found(upper))))
        elif upper.startswith("UID FETCH"):
            if not self.fetch(int(command.split()[2]), "BODY" in upper):
                return False
        elif upper.startswith("UID STORE"):
            owner.seen |= {uid for uid in owner.letters if uid in self.members(command.split()[2])}
        elif upper.startswith("IDLE"):
            self.say("+ idling")
            self.rfile.readline()
        self.say(f"{tag} OK done")
        return True

    def members(self, text):
        highest = str(max(self.server.owner.letters, default=0))
        out = set()
        for part in text.replace("*", highest).split(","):
            ends = [int(end) for end in part.split(":")]
            out |= set(range(min(ends), max(ends) + 1))
        return out

    def found(self, upper):
        owner = self.server.owner
        uids = sorted(set(owner.letters) & self.members(re.search(r"UID ([\d:*,]+)", upper)[1]))
        since = re.search(r"SINCE (\d+-[A-Z]+-\d+)", upper)
        if since:
            day = datetime.datetime.strptime(since[1], "%d-%b-%Y").date()
            uids = [uid for uid in uids if owner.received[uid].date() >= day]
        return [uid for uid in uids if uid not in owner.seen] if "UNSEEN" in upper else uids

    def fetch(self, uid, with_body):
        owner = self.server.owner
        if uid not in owner.letters:
            return True
        raw, received = owner.letters[uid], owner.received[uid].strftime("%d-%b-%Y %H:%M:%S +0000")
        if not with_body:
            self.say(f'* {uid} FETCH (UID {uid} INTERNALDATE "{received}" RFC822.SIZE {len(raw)})')
            return True
        owner.fetched.append(uid)
        owner.break_at -= 1
        if owner.break_at == 0:
            return False
        if uid in owner.broken:
            if owner.broken[uid]:
                self.say(owner.broken[uid])
                return True
            return False
        self.say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(raw)} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
        return True


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_):
        pass  # the desk has gone in the middle


class ImapServer:
    def __init__(self, letters, validity=5, received=None):
        """received: number to datetime; what it doesn't name came just now."""
        now = datetime.datetime.now(datetime.timezone.utc)
        self.letters, self.validity, self.seen, self.fetched = dict(letters), validity, set(), []
        self.received = {uid: (received or {}).get(uid, now) for uid in letters}
        self.broken = {}
        self.break_at, self.hang, self.hanging, self.go_on = 0, None, threading.Event(), threading.Event()
        self.server = Server(("127.0.0.1", 0), Conversation)
        self.server.owner = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()

    def add(self, uid, letter):
        self.received[uid] = datetime.datetime.now(datetime.timezone.utc)
        self.letters[uid] = letter

    def settings(self, **more):
        return {"kind": "imap", "host": "127.0.0.1", "port": self.port, "security": "none", "user": "box", "password": "secret", **more}
