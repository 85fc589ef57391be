"""Real mail for conversation tests: a Dovecot (all mailboxes of the world) and a Postfix (the exchanger of theke.test).

    with MailHost(lmtp=port_of_theke) as host:       # without lmtp the letters to theke.test land in the Dovecot too
        letter = write_letter(to="support@theke.test", subject="My invoice", text="It says 12 instead of 10.")
        send(letter, "ana@example.org", ["support@theke.test"], host.postfix.smtp)
        with Imap(host.dovecot, "ana@example.org") as mailbox:
            answer = mailbox.wait_for(lambda message: "invoice" in message["Subject"])
        host.dovecot.stop()                          # an outage: the same ports, letters and queue after start()
        host.dovecot.start()
Every address has a mailbox with the password host.dovecot.password. Only addresses of theke.test go to Theke.
"""
import contextlib
import email
import email.message
import email.policy
import email.utils
import imaplib
import json
import pathlib
import smtplib
import ssl
import subprocess
import sys
import time

SERVERS = pathlib.Path(__file__).resolve().parent.parent / "servers"


class Server:
    """A script of tests/servers that obeys its standard input. The fields of its line are attributes."""

    def __init__(self, name, *arguments):
        self.name = name
        command = [sys.executable, str(SERVERS / name), *map(str, arguments)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            self.fields = self.read()
        except BaseException:
            self.close()
            raise

    def __getattr__(self, name):
        try:
            return self.__dict__["fields"][name]
        except KeyError:
            raise AttributeError(name) from None

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with {self.process.wait(30)}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{self.name}: {answer['error']}")
        return answer

    def command(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        self.read()

    def stop(self):
        self.command("stop")

    def start(self):
        self.command("start")

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def log(self):
        return (pathlib.Path(self.folder) / "log").read_text(errors="replace")


class MailHost:
    def __init__(self, lmtp=None, postfix=True):
        self.lmtp, self.with_postfix = lmtp, postfix
        self.dovecot = self.postfix = None

    def __enter__(self):
        self.dovecot = Server("dovecot")
        try:
            if self.with_postfix:
                self.postfix = Server("postfix", "--lmtp", self.lmtp or self.dovecot.lmtp, "--other", self.dovecot.lmtp,
                                      "--auth", self.dovecot.auth)
        except BaseException:
            self.dovecot.close()
            raise
        return self

    def __exit__(self, *error):
        for server in (self.postfix, self.dovecot):
            if server:
                server.close()

    def accept_tokens(self, *tokens):
        """From now on only these tokens are good for a login by OAuth 2: none of them lets every token expire."""
        pathlib.Path(self.dovecot.tokens).write_text("\n".join(tokens) + "\n")


def trust(certificate):
    return ssl.create_default_context(cafile=certificate)


def send(raw, sender, recipients, port, lmtp=False, login=None, certificate=None):
    """Hands over the letter and returns the refused recipients, address to (code, words). certificate asks for
    STARTTLS, login is (user, password); smtplib's errors tell what was refused as a whole."""
    raw = raw.as_bytes(policy=email.policy.SMTP) if isinstance(raw, email.message.Message) else raw
    client = (smtplib.LMTP if lmtp else smtplib.SMTP)("localhost", port, **({} if lmtp else {"timeout": 30}))
    with client:
        if certificate:
            client.starttls(context=trust(certificate))
        if login:
            client.login(*login)
        try:
            return client.sendmail(sender, recipients, raw)
        except smtplib.SMTPRecipientsRefused as refused:
            return refused.recipients


def write_letter(to, sender="Ana <ana@example.org>", subject="Hello", text="Hello", html=None, files=(), headers=None):
    """An EmailMessage. files are (name, type, bytes); headers replace the usual ones, None leaving one out."""
    message = email.message.EmailMessage()
    domain = email.utils.parseaddr(sender)[1].rpartition("@")[2] or "example.org"
    usual = {"From": sender, "To": to, "Subject": subject, "Date": email.utils.formatdate(),
             "Message-ID": email.utils.make_msgid(domain=domain)}
    for name, value in [*usual.items(), *(headers or {}).items()]:
        del message[name]
        if value is not None:
            message[name] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, kind, data in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message


class Imap:
    """A mailbox of the Dovecot as its owner sees it."""

    def __init__(self, dovecot, user, folder="INBOX"):
        self.client = imaplib.IMAP4_SSL("localhost", dovecot.imaps, ssl_context=trust(dovecot.certificate), timeout=30)
        self.client.login(user, dovecot.password)
        self.folder = folder
        self.check("create the folder", folder == "INBOX" or self.client.create(folder)[0] in ("OK", "NO"))
        self.check("select", self.client.select(folder)[0] == "OK")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self.client.logout()

    def check(self, what, good):
        if not good:
            raise RuntimeError(f"IMAP: could not {what}")

    def messages(self):
        """All letters, oldest first. They stay as unread as they were; uid and flags are attributes of each."""
        self.client.noop()
        kind, found = self.client.uid("FETCH", "1:*", "(UID FLAGS BODY.PEEK[])")
        self.check("fetch", kind == "OK")
        return [self.parse(*item[:2]) for item in found if isinstance(item, tuple)]

    @staticmethod
    def parse(head, raw):
        message = email.message_from_bytes(raw, policy=email.policy.default)
        words = head.decode("ascii", "replace")
        message.uid = int(words.split("UID ", 1)[1].split()[0].rstrip(")"))
        message.flags = {flag.decode() for flag in imaplib.ParseFlags(head)}
        message.raw = raw
        return message

    def wait_for(self, wanted=lambda message: True, seconds=20):
        """The first letter of which wanted(letter) is true."""
        end = time.monotonic() + seconds
        while True:
            messages = self.messages()
            for message in messages:
                if wanted(message):
                    return message
            if time.monotonic() > end:
                subjects = [str(message["Subject"]) for message in messages]
                raise TimeoutError(f"no such letter within {seconds} s; there are {subjects}")
            time.sleep(0.1)

    def append(self, raw, flags=""):
        raw = raw.as_bytes(policy=email.policy.SMTP) if isinstance(raw, email.message.Message) else raw
        kind, words = self.client.append(self.folder, flags, None, raw)
        self.check(f"append: {words}", kind == "OK")

    def remove(self, message):
        kind, _ = self.client.uid("STORE", str(message.uid), "+FLAGS.SILENT", r"(\Deleted)")
        self.check("remove", kind == "OK" and self.client.expunge()[0] == "OK")
