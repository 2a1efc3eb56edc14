"""What the command `gagru` does for people, a module a subcommand; `gagru.cli` finds them."""
