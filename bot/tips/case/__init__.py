"""Case packages: one tip in a ZIP that others can check, with a signed list of everything in it.

Owns the package's form: manifest, signature, what may stand in the ZIP, and the check that needs nothing but the public key.
"""
