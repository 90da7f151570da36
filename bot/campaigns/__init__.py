"""Campaigns: prevention messages that officers plan, a second person approves, and subscribers get once.

Owns who asked for which topic, the plans, the ledger of deliveries, and the engine that works it off. The rows are the
truth: any number of clockworks and senders may run, be killed and start again (``docs/adr/0006-the-delivery-ledger.md``).
It knows nothing about tips, so no audience can be built from who sent one.
"""
