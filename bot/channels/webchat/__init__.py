"""The web chat: the same conversation on a page, for people without Telegram.

Session only. A random cookie is all that a browser brings; its hash is the address, and the key derived from it is the
only one that opens what was said, which is kept sealed until the session ends. No tracking, no third party, no script
needed.
"""

from bot.channels.webchat.build import build_webchat, session_life
from bot.channels.webchat.messenger import WebchatMessenger
from bot.channels.webchat.pulse import Pulse
from bot.channels.webchat.store import Chats

__all__ = ["Chats", "Pulse", "WebchatMessenger", "build_webchat", "session_life"]
