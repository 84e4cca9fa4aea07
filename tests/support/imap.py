"""A mailbox on this machine that knows as much of IMAP as fetching mail needs."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Kept:
    """A message in the mailbox."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)


class Mailbox:
    """Folders with messages; `fetched` is how many bytes of them were asked for."""

    def __init__(self) -> None:
        self.folders: dict[str, list[Kept]] = {"INBOX": [], "Done": []}
        self.password = "let me in"
        self.fetched = 0
        self.port = 0
        self._uid = 0

    def put(self, raw: bytes, folder: str = "INBOX") -> Kept:
        """Put a message in."""
        self._uid += 1
        kept = Kept(self._uid, raw)
        self.folders[folder].append(kept)
        return kept

    def new(self) -> list[Kept]:
        """Return what wasn't read yet."""
        return [kept for kept in self.folders["INBOX"] if not kept.flags & {"\\Seen", "\\Deleted"}]


class _Talk(socketserver.StreamRequestHandler):
    mailbox: Mailbox
    folder = ""

    def handle(self) -> None:
        """Answer line by line."""
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _space, rest = line.decode().strip().partition(" ")
            words = rest.split(" ")
            verb = words[0].upper()
            if verb == "UID":
                verb = f"UID {words[1].upper()}"
            answer = getattr(self, f"do_{verb.replace(' ', '_')}".lower(), lambda _rest: "BAD what?")(rest)
            self._say(f"{tag} {answer}")
            if verb == "LOGOUT":
                return

    def do_capability(self, _rest: str) -> str:
        """Say what is known."""
        self._say("* CAPABILITY IMAP4rev1")
        return "OK done"

    def do_login(self, rest: str) -> str:
        """Let in who knows the password."""
        return "OK done" if self.mailbox.password in rest else "NO not you"

    def do_logout(self, _rest: str) -> str:
        """Say goodbye."""
        self._say("* BYE")
        return "OK done"

    def do_select(self, rest: str) -> str:
        """Open a folder."""
        self.folder = rest.partition(" ")[2].strip('"')
        if self.folder not in self.mailbox.folders:
            return "NO no such folder"
        self._say(f"* {len(self.mailbox.folders[self.folder])} EXISTS")
        return "OK done"

    def do_uid_search(self, _rest: str) -> str:
        """List what is new."""
        self._say("* SEARCH " + " ".join(str(kept.uid) for kept in self.mailbox.new()))
        return "OK done"

    def do_uid_fetch(self, rest: str) -> str:
        """Give a message, its size, or its beginning."""
        kept = self._found(rest)
        if "SIZE" in rest:
            self._say(f"* 1 FETCH (UID {kept.uid} RFC822.SIZE {len(kept.raw)})")
            return "OK done"
        part = re.search(r"<0\.(\d+)>", rest)
        data = kept.raw[: int(part[1])] if part else kept.raw
        self.mailbox.fetched += len(data)
        self.wfile.write(b"* 1 FETCH (UID %d BODY[] {%d}\r\n" % (kept.uid, len(data)) + data + b")\r\n")
        return "OK done"

    def do_uid_store(self, rest: str) -> str:
        """Set a flag."""
        self._found(rest).flags.add(rest.rpartition("(")[2].strip(")"))
        return "OK done"

    def do_uid_copy(self, rest: str) -> str:
        """Copy a message into another folder."""
        folder = rest.rpartition(" ")[2].strip('"')
        if folder not in self.mailbox.folders:
            return "NO no such folder"
        self.mailbox.folders[folder].append(self._found(rest))
        return "OK done"

    def do_expunge(self, _rest: str) -> str:
        """Remove what is marked for that."""
        held = self.mailbox.folders[self.folder]
        held[:] = [kept for kept in held if "\\Deleted" not in kept.flags]
        return "OK done"

    def _found(self, rest: str) -> Kept:
        uid = int(rest.split(" ")[2])
        return next(kept for kept in self.mailbox.folders[self.folder] if kept.uid == uid)

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def mailbox_server() -> Iterator[Mailbox]:
    """Run a mailbox on this machine."""
    mailbox = Mailbox()
    talk = type("Talk", (_Talk,), {"mailbox": mailbox})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), talk) as server:
        server.daemon_threads = True
        mailbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield mailbox
        finally:
            server.shutdown()
            thread.join(10)
