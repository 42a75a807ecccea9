"""`python -m netstat_parse` is the command `netstat-parse`."""

from netstat_parse.cli import command

if __name__ == "__main__":
    command()
