"""Knowledge: the city's answers to everyday questions, their sources, and finding them by what a question means.

Articles come from the city's folder; what officers write in the console stands before them. :class:`~bot.knowledge.service.Knowledge`
wires the package: a flow for people, answers for the conversation, a desk for the console, a keeper that keeps the index.
"""
