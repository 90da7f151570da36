"""Rasa's custom actions: what was said before in, one service call, a button to press or the name of an answer out.

They run inside the bot process (:func:`actions.server.run_action`); Rasa itself reaches no service.
"""
