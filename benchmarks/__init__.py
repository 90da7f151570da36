"""Benchmarks: Faro beside its peers, in one run on the same machine. ``python -m benchmarks``, explained in ``docs/benchmarks.md``.

Every benchmark is a package here with a ``run(options)``, named in :mod:`benchmarks.__main__`. What they share lies at
the top: the arithmetic (:mod:`figures`), the machine (:mod:`machine`), the page that is printed (:mod:`report`).
"""
