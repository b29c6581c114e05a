"""This installation: where its data is, which database, whether it is well, how it is started and backed up."""
