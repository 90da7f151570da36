"""Public places, such as the city's channel: which ones staff allow, what is posted there, and what became of it.

What the bot learns comes in by :mod:`notices`, staff decide in :mod:`book`, a campaign names its places as :mod:`destinations`.
When it fires, :mod:`posts` lists one post for each, :mod:`poster` works them off, and :mod:`results` shows them and takes them back.
"""
