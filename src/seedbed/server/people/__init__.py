"""Who may come in: accounts, people, links, sessions, devices, and what each role may do."""
