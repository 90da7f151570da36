"""One message in, replies out, for any channel: safety net, language, texts, dialogue client, pseudonyms.

Knows no domain package: tips and topics take part as flows (:class:`bot.messages.Flow`) that ``bot/app.py`` registers.
"""
