"""A campaign's pictures as a form: what was typed and chosen, and the pictures that it makes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.campaigns.drafts import CampaignDraft
from bot.console.forms import Form
from bot.messages import Language, Picture

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class PictureForm:
    """For each language what the picture shows, as typed, and the digest of the one that is kept; empty where there is none.

    ``uploads``: the files that were chosen, by language. ``removed``: the pictures are to go.
    """

    alts: Mapping[Language, str]
    digests: Mapping[Language, str]
    uploads: Mapping[Language, bytes] = field(default_factory=dict, repr=False)
    removed: bool = False

    @classmethod
    def of(cls, draft: CampaignDraft, languages: tuple[Language, ...]) -> PictureForm:
        """The form that shows a draft's pictures."""
        there = {one: draft.pictures.get(one) for one in languages}
        alts = {one: picture.alt if picture else "" for one, picture in there.items()}
        return cls(alts, {one: picture.digest if picture else "" for one, picture in there.items()})

    @classmethod
    def read(cls, form: Form, languages: tuple[Language, ...]) -> PictureForm:
        """What was sent. A picture for all languages counts where none was chosen for the language itself."""
        chosen = {one: form.files.get(f"picture_{one}") or form.files.get("picture_all") for one in languages}
        kept = {one: form[f"kept_{one}"] for one in languages}
        return cls(
            {one: form[f"alt_{one}"] for one in languages},
            {one: digest if _DIGEST.fullmatch(digest) else "" for one, digest in kept.items()},
            {one: data for one, data in chosen.items() if data},
            form["remove"] == "yes",
        )

    @property
    def pictures(self) -> dict[Language, Picture]:
        """The pictures that it makes, once its uploads have become digests."""
        if self.removed:
            return {}
        return {one: Picture(digest, self.alts[one]) for one, digest in self.digests.items() if digest}

    @property
    def describes_nothing(self) -> bool:
        """Whether something is said about a picture that is not there: what was typed would be lost."""
        return not self.removed and any(alt.strip() and not self.digests[one] for one, alt in self.alts.items())
