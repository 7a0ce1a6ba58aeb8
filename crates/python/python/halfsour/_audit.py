"""The audit's report, and `audit`."""

import functools
import json
import os

from halfsour._halfsour import Policy


class Report:
    """What loading a file or a pickle would do, judged by a policy.

    `verdict` is `"clean"`, `"unknown"`, `"incomplete"` or `"dangerous"`. `findings` and `imports` are lists of dicts, those of
    all parts of the file, and `parts` has the parts themselves, as `halfsour audit --format json` prints them.
    """

    def __init__(self, text):
        self._text = text
        self._document = json.loads(text)
        [file] = self._document["files"]
        self.verdict = file["verdict"]
        self.parts = file["parts"]
        self.findings = [finding for part in self.parts for finding in part["findings"]]
        self.imports = [name for part in self.parts for name in part["imports"]]

    @property
    def is_clean(self):
        """Whether loading does nothing but what somebody reviewed."""
        return self.verdict == "clean"

    @property
    def reason(self):
        """The first finding, in a sentence, or why not all could be read; None for a clean report."""
        for finding in self.findings:
            return f"byte 0x{finding['offset']:x}: {finding['action']}: {finding['code']}: {finding['reason']}"
        for part in self.parts:
            reason = part["completeness"].get("reason") if isinstance(part["completeness"], dict) else None
            if reason:
                return reason
        return None if self.is_clean else self.verdict

    def to_dict(self):
        """The report as dicts and lists."""
        return json.loads(self._text)

    def to_json(self):
        """The report as JSON: what `halfsour audit --format json` prints."""
        return self._text

    def __repr__(self):
        return f"<Report: {self.verdict}, {len(self.findings)} findings>"


@functools.lru_cache(maxsize=16)
def _policy(toml, allow):
    return Policy(toml, allow=list(allow))


def policy_of(policy, allow):
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


def audit(source, /, *, policy=None, allow=()):
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
    if hasattr(source, "read"):
        source = source.read()
    return Report(judge.audit_bytes(source))


def get_untrusted_types(source, /, *, policy=None, allow=()):
    """Returns the names that a file or bytes import and that the policy does not list, sorted: `["app.models:User"]`.

    Those that you trust can be given to `allow`.
    """
    report = audit(source, policy=policy, allow=allow)
    return sorted({name["name"] for name in report.imports if not name["listed"]})
