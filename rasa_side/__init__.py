"""Everything that runs inside the Rasa process: launcher, channel, tracker stores, sentence embeddings, classifier.

Started as ``python -m rasa_side <rasa's own arguments>``. Holds no key and no database and imports nothing of ``bot``.
Modules without "Rasa" in their first line import no Rasa, so that unit tests can load them anywhere.
"""
