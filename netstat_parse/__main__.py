"""`python -m netstat_parse`."""

from netstat_parse.command import command

if __name__ == "__main__":
    command()
