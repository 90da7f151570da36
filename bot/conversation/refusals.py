"""Pictures, voices and places that nobody asked for: what to say, and whether to delete them from the chat."""

from __future__ import annotations

from bot.messages import Media, MediaKind

_TEXTS = {
    MediaKind.PHOTO: "media.image",
    MediaKind.VIDEO: "media.image",
    MediaKind.DOCUMENT: "media.file",
    MediaKind.VOICE: "media.voice",
    MediaKind.AUDIO: "media.voice",
    MediaKind.LOCATION: "media.location",
    MediaKind.CONTACT: "media.contact",
    MediaKind.STICKER: "media.sticker",
}
_ERASED = frozenset({MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.DOCUMENT, MediaKind.LOCATION, MediaKind.CONTACT, MediaKind.OTHER})


def refusal_of(media: Media) -> str:
    """The name of the text that says why it was not looked at."""
    pictured = (media.media_type or "").startswith(("image/", "video/"))
    return "media.image" if pictured else _TEXTS.get(media.kind, "media.other")


def is_better_gone(media: Media) -> bool:
    """Whether somebody may come to wish that it did not stand in the chat."""
    return media.kind in _ERASED
