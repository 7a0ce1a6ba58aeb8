"""The exceptions."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from halfsour._audit import Report


class Error(ValueError):
    """What went wrong. All exceptions of this package are of this class."""


class DecodeError(Error, pickle.UnpicklingError):
    """A pickle that cannot be loaded.

    `offset` is that of the opcode in bytes, `opcode` its name, `context` the place in the data; each is None where it is not known.
    """

    def __init__(
        self, message: str, *, offset: int | None = None, opcode: str | None = None, context: str | None = None
    ) -> None:
        super().__init__(message)
        self.offset = offset
        self.opcode = opcode
        self.context = context


class LimitError(DecodeError):
    """A pickle that would cost more than a limit allows."""


class EncodeError(Error, pickle.PicklingError):
    """An object that cannot be written."""


class Refused(Error):
    """A pickle that the audit does not pass. `report` says why."""

    def __init__(self, message: str, report: Report | None = None) -> None:
        super().__init__(message)
        self.report = report
