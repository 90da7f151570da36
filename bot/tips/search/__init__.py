"""Looking for words in what a moderator may open.

Nothing that could be searched lies anywhere: each search opens tips with the session's key, newest first, looks, and forgets them again
(decision record "Searching sealed tips"). What is remembered of a search lives as long as the key that it was made with.
"""

from bot.tips.search.book import Search, SearchBook
from bot.tips.search.desk import Hit, SearchDesk, Stopped
from bot.tips.search.wanted import MAX_LENGTH, Wanted

__all__ = ["MAX_LENGTH", "Hit", "Search", "SearchBook", "SearchDesk", "Stopped", "Wanted"]
