"""The audit's report, and `audit`."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, BinaryIO

from halfsour._halfsour import Policy

if TYPE_CHECKING:
    from typing_extensions import Buffer

    Source = str | os.PathLike[str] | Buffer | BinaryIO
    Names = Iterable[str | tuple[str, str]]
    AnyPolicy = Policy | str | os.PathLike[str] | None


class Report:
    """What loading a file or a pickle would do, judged by a policy.

    `verdict` is `"clean"`, `"unknown"`, `"incomplete"` or `"dangerous"`. `findings` and `imports` are lists of dicts, those of
    all parts of the file, and `parts` has the parts themselves, as `halfsour audit --format json` prints them.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._document = json.loads(text)
        [file] = self._document["files"]
        self.verdict: str = file["verdict"]
        self.parts: list[dict[str, Any]] = file["parts"]
        self.findings: list[dict[str, Any]] = [finding for part in self.parts for finding in part["findings"]]
        self.imports: list[dict[str, Any]] = [name for part in self.parts for name in part["imports"]]

    @property
    def is_clean(self) -> bool:
        """Whether loading does nothing but what somebody reviewed."""
        return self.verdict == "clean"

    @property
    def reason(self) -> str | None:
        """The first finding, in a sentence, or why not all could be read; None for a clean report."""
        for finding in self.findings:
            return f"byte 0x{finding['offset']:x}: {finding['action']}: {finding['code']}: {finding['reason']}"
        for part in self.parts:
            if part["completeness"] != "complete":
                return str(part["completeness"]["incomplete"]["reason"])
        return None if self.is_clean else self.verdict

    def to_dict(self) -> dict[str, Any]:
        """The report as dicts and lists."""
        document: dict[str, Any] = json.loads(self._text)
        return document

    def to_json(self) -> str:
        """The report as JSON: what `halfsour audit --format json` prints."""
        return self._text

    def __repr__(self) -> str:
        return f"<Report: {self.verdict}, {len(self.findings)} findings>"


@functools.lru_cache(maxsize=16)
def _policy(toml: str | None, allow: tuple[str, ...]) -> Policy:
    return Policy(toml, allow=list(allow))


def policy_of(policy: AnyPolicy, allow: Names) -> Policy:
    """The policy of these arguments: None, a `Policy`, a text in TOML or the path of one, and names that it is to allow."""
    if isinstance(policy, Policy):
        if allow:
            raise TypeError("allow goes with the policy that halfsour brings, or a text; give a Policy its own: Policy(allow=...)")
        return policy
    if isinstance(policy, os.PathLike):
        with open(policy, encoding="utf-8") as file:
            policy = file.read()
    names = tuple(name if isinstance(name, str) else ":".join(name) for name in allow)
    return _policy(policy, names)


def audit(source: Source, /, *, policy: AnyPolicy = None, allow: Names = ()) -> Report:
    """Returns the report on a file, by its path, or on bytes, with all that is in it: archives, models, arrays, databases.

    `policy` is a `Policy`, a text in TOML or the path of one; by default the one that halfsour brings. `allow` has
    classes of the program that are to be allowed too, as `("app.models", "User")` or `"app.models:User"`.

    >>> from halfsour import audit
    >>> audit(b"cos\\nsystem\\n(S'id'\\ntR.").verdict
    'dangerous'
    """
    judge = policy_of(policy, allow)
    if isinstance(source, (str, os.PathLike)):
        with open(source, "rb"):
            pass
        return Report(judge.audit_file(source))
    read = getattr(source, "read", None)
    data: Any = source if read is None else read()
    return Report(judge.audit_bytes(data))


def get_untrusted_types(source: Source, /, *, policy: AnyPolicy = None, allow: Names = ()) -> list[str]:
    """Returns the names that a file or bytes import and that the policy does not list, sorted: `["app.models:User"]`.

    Those that you trust can be given to `allow`.
    """
    report = audit(source, policy=policy, allow=allow)
    return sorted({name["name"] for name in report.imports if not name["listed"]})
