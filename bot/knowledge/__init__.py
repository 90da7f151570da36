"""Knowledge: the city's answers to everyday questions, their sources, and finding them by what a question means.

Articles come from the city's folder; what officers write in the console stands before them. :class:`~bot.knowledge.service.Knowledge`
wires the package: a flow for people, answers for the conversation, a desk for the console, a keeper that keeps the index.
"""

import os

# Before numpy is imported: a question takes a third of a millisecond on one thread, and a second thread of OpenBLAS only waits
# for a busy core (measured: 20 ms at the median, 100 at worst).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
