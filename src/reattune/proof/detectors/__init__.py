"""The proof: what each method sees on simulated courses, against the best that could be seen."""
