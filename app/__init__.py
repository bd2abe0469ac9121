"""What the studio can do, and its HTTP and command-line faces."""
