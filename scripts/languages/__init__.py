"""What is done with languages while working on Reattune: catalogues, and words that go to writers and come back."""
