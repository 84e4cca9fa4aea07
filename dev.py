#!/usr/bin/env python3
"""Run, test and check Baton: `python3 dev.py help`.

It needs nothing but Python's standard library, because it makes the virtual environment that holds everything else.
It is written for Pythons as old as 3.6, so that one of those can say which Python is needed instead of failing
somewhere inside.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable, Dict, List, NoReturn, Optional  # noqa: F401  # named in a comment below

NEEDED = (3, 11)
NEWEST = 15
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
UV = "uv==0.13.9"  # only `lock` uses it, from an environment of its own

HELP = """Baton: python3 dev.py COMMAND [OPTIONS], or make COMMAND

  run       start Baton on http://127.0.0.1:8000 (another port: --port 8080, or BATON_PORT)
  demo      the same, with a demo organisation to look round, kept apart in var/demo
  test      install what the tests need and run all of them but the long proofs
  prove     run the long proofs as well
  check     what the linters, the type checker and the layers say
  bench     measure pages beside the limit of what Flask can do
  pictures  take pictures of the main pages into docs/pictures/
  lock      pin the newest versions of what requirements*.in name
  clean     remove what the tools made (var/, with your data, stays)

Options after test, prove, bench and pictures are handed on, such as: dev.py test tests/threads -k reply"""


def say(line: str) -> None:
    """Print at once, in order with what the programs we start print."""
    print(line, flush=True)


def give_up(line: str) -> NoReturn:
    """End with one line that says what happened and what to do."""
    print(line, file=sys.stderr, flush=True)
    sys.exit(1)


# --- the right Python, and the virtual environment -------------------------------------------------------------------


def with_a_python_that_is_new_enough() -> None:
    """Go on with a newer Python of this machine if this one is too old, or say which is needed."""
    if sys.version_info[:2] >= NEEDED:
        return
    for minor in range(NEWEST, NEEDED[1] - 1, -1):
        found = shutil.which("python3.{}".format(minor))
        # It may be a launcher for a Python that is not there, so it is tried first.
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(found, [found, *sys.argv])
    give_up(
        "Baton needs Python {}.{} or later; this is {}.{}. Install a newer one, from python.org or your system's "
        "packages, and try again.".format(*NEEDED, *sys.version_info[:2])
    )


def runs(python: Path) -> bool:
    """Tell whether a virtual environment's Python is there and new enough (it goes when its parent is removed)."""
    if not python.exists():
        return False
    asked = "import sys; sys.exit(sys.version_info[:2] < {!r})".format(NEEDED)
    return subprocess.call([str(python), "-c", asked], stderr=subprocess.DEVNULL) == 0


def make_venv() -> None:
    """Make .venv with this Python."""
    try:
        import ensurepip  # noqa: F401, PLC0415  # Debian packs them apart: what is not there is said in one line
        import venv  # noqa: PLC0415
    except ImportError:
        give_up(
            "Baton needs Python's venv module, which this machine has not got. On Debian and Ubuntu: "
            "apt install python3-venv"
        )
    say("Making a virtual environment in .venv ...")
    venv.EnvBuilder(clear=True, with_pip=True).create(str(VENV))


def install(*names: str) -> None:
    """Install pinned requirements into .venv, unless exactly these were installed before."""
    if not runs(PYTHON):
        make_venv()
    for name in names:
        wanted = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
        stamp = VENV / "installed-{}".format(name)
        if stamp.exists() and stamp.read_text() == wanted:
            continue
        say("Installing {} ...".format(name))
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        # The file names everything that is needed. Looking for it again, old versions of pip prefer for `coverage[toml]` a
        # release that is newer than the pinned `coverage`, and then refuse it because it has no hash.
        command += ["--require-hashes", "--no-deps"]
        if subprocess.call([*command, "-r", str(ROOT / name)]) != 0:
            give_up("Could not install {}: see what pip says above. Is this machine online?".format(name))
        stamp.write_text(wanted)
    write_launcher()


def write_launcher() -> None:
    """Put `baton` into .venv, so that its commands can be called from a clone."""
    launcher = BIN / "baton"
    script = "#!{}\nimport sys\n\nsys.path.insert(0, {!r})\nfrom forum.cli import main\n\nmain()\n"
    script = script.format(PYTHON, str(ROOT))
    if os.name != "nt" and not (launcher.exists() and launcher.read_text() == script):
        launcher.write_text(script)
        launcher.chmod(0o755)


# --- starting programs -----------------------------------------------------------------------------------------------


def call(*command: str) -> int:
    """Run a program of .venv in the project's folder and return its exit code."""
    return subprocess.call([str(PYTHON), *command], cwd=str(ROOT))


def become(*command: str) -> NoReturn:
    """Hand the terminal over to a program of .venv: stopping it stops everything."""
    os.chdir(str(ROOT))
    if os.name != "nt":
        os.execv(str(PYTHON), [str(PYTHON), *command])
    sys.exit(subprocess.call([str(PYTHON), *command]))


def serve(*extra: str) -> NoReturn:
    """Start Baton: server, worker and a migrated database."""
    install("requirements.txt")
    become("-m", "forum.cli", "serve", "--migrate", *extra)


# --- the commands ----------------------------------------------------------------------------------------------------


def run(options: List[str]) -> NoReturn:
    """Start Baton."""
    serve(*options)


def demo(options: List[str]) -> NoReturn:
    """Start Baton with the demo organisation."""
    serve("--demo", *options)


def checks() -> Dict[str, List[str]]:
    """Name what is checked, and how."""
    return {
        "ruff": ["-m", "ruff", "check", "--quiet"],
        "format": ["-m", "ruff", "format", "--check", "--quiet"],
        "layers": ["-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        "templates": ["-m", "djlint", "templates", "--lint", "--quiet"],
        "types": ["-m", "mypy", "--no-error-summary"],
    }


def failing_checks() -> List[str]:
    """Run every check, all at once, and return the names of those that failed."""
    started = {
        name: subprocess.Popen(
            [str(PYTHON), *command],
            cwd=str(ROOT),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
        )
        for name, command in checks().items()
    }
    failing = []
    for name, process in started.items():
        output, _ = process.communicate()
        say("check {}: {}".format(name, "failed" if process.returncode else "ok"))
        if process.returncode:
            failing.append(name)
            say(output)
    return failing


def check(options: List[str]) -> int:
    """Run every check; `check --fix` mends first what can be mended by itself."""
    install("requirements.txt", "requirements-dev.txt")
    if "--fix" in options:
        call("-m", "ruff", "check", "--fix", "--quiet")
        call("-m", "ruff", "format", "--quiet")
    return 1 if failing_checks() else 0


def test(options: List[str], *, long_proofs: bool = False) -> int:
    """Run the checks and the tests. The last line is pytest's own."""
    install("requirements.txt", "requirements-dev.txt")
    provided = call("-m", "tests.support.provide")
    # A part of the tests is asked for while working on it; the checks are for the whole.
    failing = [] if options else failing_checks()
    which = ["-m", "prove or not prove"] if long_proofs else []
    tested = call("-m", "pytest", "-n", str(max(2, min(8, os.cpu_count() or 2))), *which, *options)
    if failing:
        print("Checks that failed: {} (see above).".format(", ".join(failing)), file=sys.stderr, flush=True)
    return tested or provided or int(bool(failing))


def prove(options: List[str]) -> int:
    """Run the tests with the long proofs."""
    return test(options, long_proofs=True)


def bench(options: List[str]) -> NoReturn:
    """Measure."""
    install("requirements.txt", "requirements-dev.txt")
    become("-m", "tests.bench", *options)


def pictures(options: List[str]) -> NoReturn:
    """Take pictures of the main pages."""
    install("requirements.txt", "requirements-dev.txt")
    become("-m", "tests.pictures", *options)


def lock(_options: List[str]) -> int:
    """Pin the newest versions, for every system and every Python that Baton runs on, with their hashes."""
    tools = ROOT / "var" / "tools"
    uv = shutil.which("uv") or str(tools / BIN.name / "uv")
    if not Path(uv).exists():
        subprocess.check_call([sys.executable, "-m", "venv", str(tools)])
        subprocess.check_call([str(tools / BIN.name / "python"), "-m", "pip", "install", "--quiet", UV])
    command = [uv, "pip", "compile", "--quiet", "--no-config", "--universal", "--python-version", "3.11", "--upgrade"]
    command += ["--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links"]
    app = subprocess.call([*command, "requirements.in", "-o", "requirements.txt"], cwd=str(ROOT))
    # The tests run on exactly what the app runs on.
    dev = ["requirements-dev.in", "-c", "requirements.txt", "-o", "requirements-dev.txt"]
    return app or subprocess.call([*command, *dev], cwd=str(ROOT))


def clean(_options: List[str]) -> int:
    """Remove the virtual environment and every cache."""
    made = [VENV, ROOT / "build", ROOT / "dist", ROOT / "htmlcov", ROOT / "var" / "tools"]
    made += [ROOT / ".{}_cache".format(tool) for tool in ("mypy", "pytest", "ruff", "import_linter")]
    made += [ROOT / ".hypothesis", *(p for top in ("forum", "tests") for p in (ROOT / top).rglob("__pycache__"))]
    for path in made:
        shutil.rmtree(str(path), ignore_errors=True)
    return 0


COMMANDS = {command.__name__: command for command in (run, demo, test, prove, check, bench, pictures, lock, clean)}  # type: Dict[str, Callable[[List[str]], Optional[int]]]


def main() -> None:
    """Do what the first argument says."""
    name = sys.argv[1] if len(sys.argv) > 1 else "help"
    if name in {"help", "-h", "--help"}:
        say(HELP)
        return
    if name not in COMMANDS:
        give_up("There is no command “{}”. These are: {}.".format(name, ", ".join(COMMANDS)))
    with_a_python_that_is_new_enough()
    try:
        sys.exit(COMMANDS[name](sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
