"""The escrow: a key to all tips that nobody holds, made whole for minutes by any two of three people with their shares."""
