"""The people who work with Faro: accounts and roles, sign-in, sessions, moderators' keys, and the audit trail.

Nothing here knows the web. The console asks :class:`~bot.staff.sign_in.SignIn` who somebody is and
:func:`~bot.staff.roles.may` what they may do; tips ask :class:`~bot.staff.accounts.Accounts` for readers' keys.
"""
