"""Anonymous tips: telling one, finding it again with a receipt, answering it, and letting it go.

Nothing in this package stores who a citizen is. What a tip says is sealed under a key of its own, and that key is sealed
to the people who may read it and to the receipt. Decisions: ``docs/adr/0005-tips-and-their-keys.md``.
"""
