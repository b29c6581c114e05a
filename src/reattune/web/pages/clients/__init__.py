"""The therapist's side: clients, their sessions, the ratings of both, and who needs a look."""
