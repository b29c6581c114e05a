"""Where the one file begins."""

from multiprocessing import freeze_support

from reattune.cli import app

if __name__ == "__main__":
    freeze_support()
    app()
