"""An SMTP server that takes its time: what a real one does on a bad day.

    with SmtpServer(seconds=8) as server:    # between the end of a letter and the answer
        ... server.letters                   # their bytes, in the order they were taken
        server.hang = "EHLO"                 # what is not answered: a command, or TEXT: the letter is not read
        server.hanging.wait()
"""
import socketserver
import threading
import time


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 slow.test\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            self.server.owner.goodbyes += word == b"QUIT"
            if self.server.owner.hang == word.decode():
                self.server.owner.hanging.set()
                self.server.owner.go_on.wait()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.take_letter()
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")

    def take_letter(self):
        owner = self.server.owner
        lines = []
        if owner.hang == "TEXT":
            owner.hanging.set()
            owner.go_on.wait()
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        if not lines or line != b".\r\n":
            return  # broken off
        owner.begun.set()
        with owner.lock:
            owner.letters.append(b"".join(lines))
        time.sleep(owner.seconds)
        self.wfile.write(owner.answer.encode() + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_):
        pass  # the desk has gone in the middle


class SmtpServer:
    def __init__(self, seconds=0, answer="250 2.0.0 taken"):
        self.seconds, self.answer, self.letters = seconds, answer, []
        self.goodbyes = 0
        self.hang, self.hanging, self.go_on = None, threading.Event(), threading.Event()
        self.begun, self.lock = threading.Event(), threading.Lock()
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

    def settings(self):
        return {"host": "127.0.0.1", "port": self.port, "security": "none"}
