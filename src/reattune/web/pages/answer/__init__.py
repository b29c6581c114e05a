"""From the therapist's chair: the words for a client, what came of them, and answering a hurt, practised."""
