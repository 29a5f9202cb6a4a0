"""Known weaknesses of the pinned dependencies, by pip-audit; what could not be looked up does not count as sound.

python -m tests.security.audit PIP_AUDIT REQUIREMENTS    ends with 0 (sound), 1 (weaknesses), 3 (not known)
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

WEAK, UNKNOWN = 1, 3
SECONDS = 300


def verdict(report: dict[str, Any]) -> tuple[int, list[str]]:
    """The exit code and what to print, from pip-audit's JSON."""
    packages = report["dependencies"]
    weak = [_told(one, found) for one in packages for found in one.get("vulns", ())]
    skipped = [one for one in packages if "skip_reason" in one]
    lines = [*weak, f"{len(packages) - len(skipped)} of {len(packages)} packages looked up, {len(weak)} weaknesses."]
    if skipped:
        lines.append(
            f"{len(skipped)} could not be looked up: the advisory service does not answer for them from here "
            f"(first of all {skipped[0]['name']}). Nothing is known about those; run it again where it does."
        )
    return WEAK if weak else UNKNOWN if skipped else 0, lines


def _told(package: dict[str, Any], found: dict[str, Any]) -> str:
    fixed = ", ".join(found["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']}: {found['id']}, fixed in {fixed}"


def main(command: str, requirements: str) -> int:
    """Run it and tell."""
    asked = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json", "-r", requirements)
    ran = subprocess.run((command, *asked), capture_output=True, text=True, timeout=SECONDS, check=False)
    try:
        report = json.loads(ran.stdout)
    except ValueError:
        last = (ran.stderr.strip().splitlines() or ["it said nothing"])[-1]
        print(f"Not audited: the advisory service could not be reached, or pip-audit failed.\n{last[:300]}")
        return UNKNOWN
    code, lines = verdict(report)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
