"""The science: instruments, scoring, trajectories and detectors. Pure NumPy."""
