"""Acts at work in processes of their own, and the list of them."""
