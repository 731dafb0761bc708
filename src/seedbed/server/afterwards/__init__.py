"""What people find when the workshop is over: what they wrote and what came of it, and what they still offer."""
