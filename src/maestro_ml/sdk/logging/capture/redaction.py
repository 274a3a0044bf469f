"""Keeps secrets out of what is captured."""

from __future__ import annotations

import re

MASK = "***"

SECRET_FILES = (
    *("*.env", ".env*", "*.pem", "*.key", "*.p12", "*.pfx", "*.kdbx", "*.tfvars", "*.tfstate"),
    *(".netrc", ".npmrc", ".pypirc", ".htpasswd", "id_rsa*", "id_ed25519*", "*secret*"),
    *("*credential*", "*password*", "kubeconfig*"),
)
"""Names of files, as shell patterns, of whose content nothing is kept."""

_NAME = r"(?:api|access|private|secret|auth)[_-]?key|token(?!iz)|secret|passw(?:or)?d|passphrase|credentials?"
_QUOTED = re.compile(
    rf"""((?:{_NAME})\w{{0,40}}["']?\s*[:=]\s*[rbf]?)(["'])(?!\2)[^"'\n]+\2""", re.IGNORECASE
)
# Without quotes it may just as well be code or a number (`token: str`, `max_tokens: 100000`).
_BARE = re.compile(
    rf"""((?:{_NAME})\w{{0,40}}\s*[:=]\s*)(?=[^\s"'()\[\]{{}},;]*\d)(?=[^\s"'()\[\]{{}},;]*[a-z])[^\s"'()\[\]{{}},;]{{6,}}""",
    re.IGNORECASE,
)
_IN_URL = re.compile(
    r"(\b[a-z][a-z0-9+.-]{0,20}://)[^\s/@:\"']{0,200}:[^\s/@\"']{1,500}@", re.IGNORECASE
)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
_SHAPES = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}"
    r"|\bsk-[\w-]{20,}|\bxox[abprs]-[\w-]{10,}|\bhf_\w{20,}|\bmml_\w{8,}|\bAIza[\w-]{30,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
)
_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
_OPTION = re.compile(rf"^--?[\w-]*(?:{_NAME})[\w-]*$", re.IGNORECASE)


def redact(text: str) -> str:
    """`text` with masks where secrets seem to stand; rather one too many than one too few."""
    lines = _KEY_BLOCK.sub(MASK, text).splitlines(keepends=True)
    # Line by line, so that other threads get their turn in between.
    return "".join(map(_redact_line, lines))


def _redact_line(line: str) -> str:
    line = _SHAPES.sub(MASK, line)
    line = _IN_URL.sub(rf"\1{MASK}@", line)
    line = _BEARER.sub(rf"\1 {MASK}", line)
    line = _QUOTED.sub(rf"\1\2{MASK}\2", line)
    return _BARE.sub(rf"\1{MASK}", line)


def redact_arguments(arguments: list[str]) -> list[str]:
    """A command line with masks for the values of options such as --password."""
    shown: list[str] = []
    for argument in arguments:
        name, equals, _ = argument.partition("=")
        if shown and _OPTION.match(shown[-1]) and not argument.startswith("-"):
            shown.append(MASK)
        elif equals and re.search(_NAME, name, re.IGNORECASE):
            shown.append(f"{name}={MASK}")
        else:
            shown.append(redact(argument))
    return shown
