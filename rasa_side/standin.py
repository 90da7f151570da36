"""Inert stand-ins for the large libraries that Rasa imports at start and that Faro never uses.

Rasa's list of default components imports TensorFlow for classifiers and policies that ``config.yml`` does not name, its
list of channels imports the client libraries of ten messengers, its tracker store those of two databases. None of them is
installed in ``.venv-rasa`` (``requirements/rasa-overrides.txt``). Others are, and training or ``rasa shell`` need them, but
nobody does who only answers: they would hold 70 MB. A stand-in may be imported, subclassed, used as a decorator or as a type, and called
while modules are imported; whoever calls one later gets :class:`NotInstalled`. See ``docs/adr/0003-rasa-without-tensorflow.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

LIBRARIES = frozenset(
    {
        # Machine learning of components that config.yml does not name.
        "tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras",
        # Drawing of test reports.
        "matplotlib",
        # Messengers: Faro's bot speaks with them, Rasa does not.
        "aiogram", "fbmessenger", "google", "mattermostwrapper", "rocketchat_API", "slack_sdk", "twilio", "webexteamssdk",
        # Stores and queues that Faro does not offer.
        "aio_pika", "aiormq", "boto3", "botocore", "bson", "confluent_kafka", "kafka", "pymongo",
    }
)  # fmt: skip
"""Top-level modules that are always stood in for."""

UNUSED_WHILE_ANSWERING = frozenset(
    {
        # Learning; n-grams are counted without it (rasa_side/ngrams.py).
        "joblib", "sklearn",
        # Databases of stores, brokers and of the cache that training keeps.
        "sqlalchemy",
        # Questions in a terminal, progress bars.
        "prompt_toolkit", "questionary", "tqdm",
        # Statistics sent home: switched off.
        "requests",
        # Reminders, which Faro's dialogue does not set; tokens and sockets of channels that it does not open.
        "apscheduler", "sanic_jwt", "socketio",
    }
)  # fmt: skip
"""Stood in for as well by ``run``."""

UNUSED_WITHOUT_REDIS = frozenset({"cryptography", "redis"})
"""Stood in for as well by ``run`` without ``REDIS_URL``."""


class NotInstalled(RuntimeError):
    """A library that Faro's Rasa does without was really called; the message names it."""


class _Inert(type):
    """Metaclass: any attribute is another inert class, calling one fails unless it decorates something."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _inert(f"{cls.__qualname__}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and callable(args[0]):
            return args[0]  # used as a decorator, as in ``@tf.function``
        if _is_importing():
            return _inert(cls.__qualname__)  # in the body of a class, as in ``id = Column(Integer)``
        raise NotInstalled(f"{cls.__qualname__} is not part of Faro's Rasa: name another component in config.yml, or see docs/adr/0003")


class _Unused(Exception, metaclass=_Inert):
    """Base of all inert classes; an exception, so that ``except pymongo.errors.ConnectionFailure`` stays valid."""


def _inert(name: str) -> type:
    return _Inert(name, (_Unused,), {})


def _is_importing() -> bool:
    """Whether some module further up the stack is being imported right now."""
    frame = sys._getframe(2)
    while frame and frame.f_code.co_filename != "<frozen importlib._bootstrap>":
        frame = frame.f_back
    return frame is not None


class _StandIn(ModuleType):
    """A module all of whose attributes are inert."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _inert(f"{self.__name__}.{name}")


class _Finder(MetaPathFinder, Loader):
    """Answers imports of some libraries and of anything below them."""

    def __init__(self, libraries: frozenset[str]) -> None:
        self.libraries = libraries

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        return ModuleSpec(fullname, self, is_package=True) if fullname.partition(".")[0] in self.libraries else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


def install(more: frozenset[str] = frozenset()) -> None:
    """Put the stand-ins, and ``more`` than :data:`LIBRARIES`, before every installed library; a second call changes nothing."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(LIBRARIES | more))
