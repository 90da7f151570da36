"""Everything Faro raises on purpose, one root class. The docstring is the message when none is given."""

from __future__ import annotations


class FaroError(Exception):
    """Something went wrong in Faro."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])


class SettingsError(FaroError):
    """A setting or a file of the city folder is wrong; the message names the key and the mend."""


class StaleButton(FaroError):
    """The button belongs to an earlier step, or was never ours."""


class MediaUnavailable(FaroError):
    """The file cannot be fetched: too large, expired, or unreadable."""


class NotAllowed(FaroError):
    """The person signed in may not do this."""


class NotFound(FaroError):
    """There is no such thing, or it is not for you."""


class Conflict(FaroError):
    """Somebody else changed this meanwhile, or it is not in a state that allows it."""


class Invalid(FaroError):
    """The input is not acceptable. ``field`` names the part, ``code`` the reason (a catalogue key)."""

    def __init__(self, field: str, code: str, message: str | None = None) -> None:
        super().__init__(message or f"{field}: {code}")
        self.field = field
        self.code = code


class TooManyAttempts(FaroError):
    """Too many tries in a short time; ``retry_after`` seconds until the next one counts."""

    def __init__(self, message: str | None = None, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NobodyToRead(FaroError):
    """No moderator is entitled to read tips now, so none can be taken."""


class SealBroken(FaroError):
    """Sealed data does not open: wrong key, changed, swapped or cut short."""


class DeliveryError(FaroError):
    """A message could not be delivered."""


class Unreachable(DeliveryError):
    """The person blocked the bot or the chat is gone."""


class Refused(DeliveryError):
    """The channel will never take this message."""


class Muted(Refused):
    """The bot is in the group or channel, and may not write there."""


class Moved(Refused):
    """The group has another address now; ``to`` is the channel's number of it."""

    def __init__(self, message: str | None = None, to: str = "") -> None:
        super().__init__(message)
        self.to = to


class NotSent(DeliveryError):
    """Surely not delivered; may be tried again."""

    def __init__(self, message: str | None = None, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Uncertain(DeliveryError):
    """Nobody can know whether it arrived."""
