"""The Bayesian reading of a bond: prior, hidden states, exact filter and smoother on a grid. Pure NumPy."""
