"""The proofs: how well each recogniser does on cases it was not made from, with intervals (`reattune validate`).

All have one shape: cases that are read or simulated (`read_...`, `simulate`), ``figures`` of them, which print nothing,
and a subcommand of the same name that prints the figures as a table or, with ``--json``, in full.
"""
