"""What the desk owes: opened, reminded of, handed over, ended."""
