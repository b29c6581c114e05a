"""The proofs: how well each recogniser does on cases it was not made from, with intervals (`reattune validate`)."""
