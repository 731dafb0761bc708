"""Documents that people have open: sockets, rooms, and the way of what is typed to the disk and back."""
